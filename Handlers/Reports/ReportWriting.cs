using System.Text;
using System.Text.Json;
using JobForge.Contracts.Json;

namespace JobForge.Handlers.Reports;

/// <summary>Writes a run's reports as artifacts.</summary>
internal static class ReportWriting
{
    public static Task WriteJsonAsync(this IJobContext context, string name, JsonElement report, CancellationToken cancel) =>
        context.WriteArtifactAsync(name, "json", "application/json", Encoding.UTF8.GetBytes(report.GetRawText()), cancel);

    public static Task WriteMarkdownAsync(this IJobContext context, string name, string text, CancellationToken cancel) =>
        context.WriteArtifactAsync(name, "markdown", "text/markdown", Encoding.UTF8.GetBytes(text), cancel);

    public static JsonElement ToJson<T>(T report) => JsonSerializer.SerializeToElement(report, ContractJson.Options);

    /// <summary>One line of text that Markdown shows as it is, fit for a table cell: what servers send must not format our report.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '>' or '|' or '#' or '!')
            {
                plain.Append('\\');
            }

            plain.Append(char.IsControl(c) ? ' ' : c);
        }

        return plain.ToString();
    }
}
