using System.Collections.Frozen;
using System.Text;

namespace JobForge.Storage.Sqlite.Engine;

/// <summary>The embedded SQL: one statement a file, named by its path below <c>Sql/</c> without the ending, e.g. <c>jobs/finish</c>.</summary>
public static class SqlTexts
{
    private const string StatementPrefix = "JobForge.Storage.Sqlite.Sql.";
    private const string MigrationPrefix = "JobForge.Storage.Sqlite.Migrations.";

    private static readonly FrozenDictionary<string, string> Statements =
        Resources(StatementPrefix).ToFrozenDictionary(name => NameOf(name), Read, StringComparer.Ordinal);

    public static IEnumerable<string> Names => Statements.Keys;

    /// <summary>Migrations in order: number and name from <c>0001_name.sql</c>.</summary>
    public static IReadOnlyList<(int Number, string Name, string Sql)> Migrations { get; } =
    [
        .. Resources(MigrationPrefix).Order(StringComparer.Ordinal).Select(resource => resource[MigrationPrefix.Length..^4] is var name
            ? (int.Parse(name.AsSpan(0, 4)), name, Read(resource))
            : default),
    ];

    /// <exception cref="KeyNotFoundException">No such file was embedded.</exception>
    public static string Of(string name) => Statements[name];

    private static IEnumerable<string> Resources(string prefix) =>
        typeof(SqlTexts).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal));

    private static string NameOf(string resource) => resource[StatementPrefix.Length..^4].Replace('.', '/');

    private static string Read(string resource)
    {
        using var reader = new StreamReader(typeof(SqlTexts).Assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
