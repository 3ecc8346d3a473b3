using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace JobForge.Handlers;

/// <summary>Finds the handler of a template.</summary>
public sealed class HandlerRegistry
{
    private readonly FrozenDictionary<string, IJobHandler> _handlers;

    /// <exception cref="InvalidOperationException">Two handlers claim one template key.</exception>
    public HandlerRegistry(IEnumerable<IJobHandler> handlers)
    {
        var byKey = new Dictionary<string, IJobHandler>(StringComparer.Ordinal);
        foreach (var handler in handlers)
        {
            if (!byKey.TryAdd(handler.TemplateKey, handler))
            {
                throw new InvalidOperationException(
                    $"Template {handler.TemplateKey} has two handlers: {byKey[handler.TemplateKey].GetType().Name} and {handler.GetType().Name}.");
            }
        }

        _handlers = byKey.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public IReadOnlyCollection<string> TemplateKeys => _handlers.Keys;

    public bool TryFind(string templateKey, [NotNullWhen(true)] out IJobHandler? handler) => _handlers.TryGetValue(templateKey, out handler);
}
