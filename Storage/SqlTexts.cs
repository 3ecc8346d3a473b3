using System.Collections.Frozen;
using System.Text;

namespace JobForge.Storage;

/// <summary>The embedded SQL of one dialect: one statement a file, named by its path below <c>Sql/</c> without the ending, e.g. <c>jobs/finish</c>.</summary>
public sealed class SqlTexts
{
    private readonly FrozenDictionary<string, string> _statements;

    private SqlTexts(string dialect)
    {
        var statements = $"JobForge.Storage.{dialect}.Sql.";
        var migrations = $"JobForge.Storage.{dialect}.Migrations.";
        _statements = Resources(statements).ToFrozenDictionary(name => name[statements.Length..^4].Replace('.', '/'), Read, StringComparer.Ordinal);
        Migrations =
        [
            .. Resources(migrations).Order(StringComparer.Ordinal).Select(resource => resource[migrations.Length..^4] is var name
                ? (int.Parse(name.AsSpan(0, 4)), name, Read(resource))
                : default),
        ];
    }

    public static SqlTexts Sqlite { get; } = new("Sqlite");

    public static SqlTexts Postgres { get; } = new("Postgres");

    public IEnumerable<string> Names => _statements.Keys;

    /// <summary>Migrations in order: number and name from <c>0001_name.sql</c>.</summary>
    public IReadOnlyList<(int Number, string Name, string Sql)> Migrations { get; }

    /// <exception cref="KeyNotFoundException">No such file was embedded.</exception>
    public string Of(string name) => _statements[name];

    private static IEnumerable<string> Resources(string prefix) =>
        typeof(SqlTexts).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal));

    private static string Read(string resource)
    {
        using var reader = new StreamReader(typeof(SqlTexts).Assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
