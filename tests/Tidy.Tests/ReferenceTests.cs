using System.Text.RegularExpressions;
using System.Xml.Linq;
using JobForge.Tidy.Tests.Tree;

namespace JobForge.Tidy.Tests;

/// <summary>References go one way, and each boundary is crossed in the one place that is made for it.</summary>
public sealed partial class ReferenceTests
{
    /// <summary>What each project may refer to directly.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Contracts"] = [],
        ["Runtime"] = ["Contracts"],
        ["Grains.Interfaces"] = ["Contracts", "Runtime"],
        ["Storage"] = ["Contracts"],
        ["Grains"] = ["Contracts", "Grains.Interfaces", "Storage"],
        ["Handlers"] = ["Contracts"],
        ["Gateway"] = ["Contracts", "Grains.Interfaces", "Storage"],
        ["Client"] = ["Contracts"],
        ["Cli"] = ["Contracts", "Client"],
        ["Silo"] = ["Contracts", "Runtime", "Grains.Interfaces", "Grains", "Storage", "Handlers", "Gateway", "Client"],
        ["bench"] = ["Contracts", "Runtime", "Grains.Interfaces", "Grains", "Storage", "Handlers", "Gateway", "Client", "Silo"],
    };

    /// <summary>The only files that know which engine runs the grains, beside the simulation, which is made of the embedded one.</summary>
    private static readonly string[] EngineFiles = ["Silo/Hosting/EmbeddedEngine.cs", "Silo/Hosting/OrleansEngine.cs"];

    [Fact]
    public void Projects_refer_forward_only() => Projects.SelectMany(WrongReferences).ShouldBeNone();

    [Fact]
    public void Only_the_engine_files_name_the_embedded_engine() => SourceTree.ProductionCode.SelectMany(EngineLeaks).ShouldBeNone();

    [Fact]
    public void Grains_gateway_and_silo_hold_no_SQL() => SourceTree.ProductionCode.SelectMany(StraySql).ShouldBeNone();

    [Fact]
    public void Grains_and_gateway_see_the_store_by_its_roles_only() => SourceTree.ProductionCode.SelectMany(StoreLeaks).ShouldBeNone();

    [Fact]
    public void The_solution_holds_every_project() => Projects.SelectMany(project => Absent(project, SourceTree.File("JobForge.Orleans.sln").Text)).ShouldBeNone();

    [Fact]
    public void Every_SQL_file_is_embedded()
    {
        var project = SourceTree.File("Storage/Storage.csproj").Text;

        SourceTree.Files.Where(file => file.Extension == ".sql").SelectMany(file => NotEmbedded(file.Path, project)).ShouldBeNone();
    }

    [Fact]
    public void Every_SQL_statement_is_used() =>
        Unused(SourceTree.Files.Where(file => file.Extension == ".sql"), SourceTree.ProductionCode.Where(file => file.IsUnder("Storage"))).ShouldBeNone();

    [Fact]
    public void Versions_stand_in_one_place() => Projects.SelectMany(OwnVersions).ShouldBeNone();

    [Fact]
    public void Every_project_has_a_lock_file_without_addresses()
    {
        Projects.Where(project => !File.Exists(Path.Combine(SourceTree.Root, Path.GetDirectoryName(project.Path)!, "packages.lock.json")))
            .Select(project => $"{project.Path}: no packages.lock.json beside it.").ShouldBeNone();
        SourceTree.Files.Where(file => file.Name.EndsWith(".lock.json", StringComparison.Ordinal)).SelectMany(Addresses).ShouldBeNone();
    }

    [Fact]
    public void A_reference_against_the_direction_is_found()
    {
        WrongReferences(Project("Contracts/Contracts.csproj", "../Storage/Storage.csproj")).Single().ShouldContain("Storage");
        WrongReferences(Project("Gateway/Gateway.csproj", "../Grains/Grains.csproj")).Single().ShouldContain("Grains");
        WrongReferences(Project("Gateway/Gateway.csproj", "..\\Storage\\Storage.csproj")).ShouldBeEmpty();
        WrongReferences(Project("Novel/Novel.csproj", "../Contracts/Contracts.csproj")).Single().ShouldContain("ReferenceTests");
    }

    [Theory]
    [InlineData("Grains/Jobs/JobGrain.cs", "using JobForge.Runtime.Hosting;", true)]
    [InlineData("Silo/Hosting/SiloOptions.cs", "var host = JobForge.Runtime.Hosting.Start();", true)]
    [InlineData("Silo/Hosting/EmbeddedEngine.cs", "using JobForge.Runtime.Hosting;", false)]
    [InlineData("Runtime/Hosting/Engine.cs", "namespace JobForge.Runtime.Hosting;", false)]
    [InlineData("Grains/Jobs/JobGrain.cs", "// not JobForge.Runtime\nusing Orleans.Runtime;", false)]
    public void A_grain_that_names_the_embedded_engine_is_found(string path, string text, bool found) =>
        EngineLeaks(new SourceFile(path, text)).Any().ShouldBe(found);

    [Theory]
    [InlineData("Grains/Jobs/JobGrain.cs", "var sql = \"SELECT id FROM jobforge_jobs\";", true)]
    [InlineData("Gateway/Endpoints/JobEndpoints.cs", "var sql = \"\"\"\n UPDATE jobforge_jobs\n SET status = 'queued'\n\"\"\";", true)]
    [InlineData("Silo/Execution/RecoveryScan.cs", "var sql = $\"DELETE FROM {table}\";", true)]
    [InlineData("Storage/Sqlite/SqliteStore.cs", "var sql = \"INSERT INTO x VALUES (1)\";", false)]
    [InlineData("Silo/Demo/Demo.cs", "var text = \"Update the job, then select it from the list.\";", false)]
    public void SQL_outside_the_store_is_found(string path, string text, bool found) =>
        StraySql(new SourceFile(path, text)).Any().ShouldBe(found);

    [Theory]
    [InlineData("Grains/Jobs/JobGrain.cs", "using JobForge.Storage.Sqlite;", true)]
    [InlineData("Gateway/Endpoints/JobEndpoints.cs", "using Microsoft.Data.Sqlite;", true)]
    [InlineData("Gateway/Endpoints/JobEndpoints.cs", "using JobForge.Storage.Roles;", false)]
    [InlineData("Silo/Hosting/SiloHost.cs", "using JobForge.Storage.Sqlite;", false)]
    public void A_driver_outside_the_composition_root_is_found(string path, string text, bool found) =>
        StoreLeaks(new SourceFile(path, text)).Any().ShouldBe(found);

    [Fact]
    public void A_statement_that_no_code_names_is_found()
    {
        var statement = new SourceFile("Storage/Sqlite/Sql/jobs/start.sql", "");

        Unused([statement], [new SourceFile("Storage/Sqlite/A.cs", "Run(\"jobs/start\");")]).ShouldBeEmpty();
        Unused([statement], [new SourceFile("Storage/Sqlite/A.cs", "Run(\"jobs/startle\"); // \"jobs/start\"")]).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_forgotten_project_a_loose_SQL_file_an_own_version_and_an_address_are_found()
    {
        Absent(new SourceFile("Cli/Cli.csproj", ""), "\"Contracts\\Contracts.csproj\"").ShouldHaveSingleItem();
        NotEmbedded("Storage/Postgres/Sql/a.sql", "<EmbeddedResource Include=\"Sqlite/Sql/**/*.sql\" />").ShouldHaveSingleItem();
        NotEmbedded("Storage/Sqlite/schema.sqlite.sql", "").ShouldBeEmpty();
        NotEmbedded("Storage/Sqlite/Sql/jobs/a.sql", "<EmbeddedResource Include=\"Sqlite/Sql/**/*.sql\" />").ShouldBeEmpty();
        OwnVersions(new SourceFile("Cli/Cli.csproj", "<PackageReference Include=\"Dapper\" Version=\"2.1.86\" />")).ShouldHaveSingleItem();
        Addresses(new SourceFile("Cli/packages.lock.json", "{ \"source\": \"https://example.org/v3\" }")).ShouldHaveSingleItem();
    }

    private static IEnumerable<SourceFile> Projects => SourceTree.Files.Where(file => file.Extension == ".csproj");

    private static IEnumerable<string> WrongReferences(SourceFile project)
    {
        if (project.IsTest)
        {
            yield break;
        }

        var name = ProjectName(project.Path);
        if (!Allowed.TryGetValue(name, out var allowed))
        {
            yield return $"{project.Path}: say in ReferenceTests what this project may refer to.";
            yield break;
        }

        foreach (var reference in XDocument.Parse(project.Text).Descendants("ProjectReference"))
        {
            var target = ProjectName(reference.Attribute("Include")!.Value);
            if (!allowed.Contains(target))
            {
                yield return $"{project.Path}: {name} may not refer to {target}.";
            }
        }
    }

    private static IEnumerable<string> EngineLeaks(SourceFile file) => file.IsUnder("Runtime", "bench", "Silo/Simulation") || EngineFiles.Contains(file.Path)
        ? []
        : EngineName().Matches(file.Parts.Code).Select(match => file.At(match.Index, "only the engine files may name JobForge.Runtime."));

    private static IEnumerable<string> StraySql(SourceFile file) => file.IsUnder("Grains", "Grains.Interfaces", "Gateway", "Silo")
        ? file.Parts.Literals.Where(literal => Sql().IsMatch(literal.Text)).Select(literal => file.At(literal.Offset, "SQL belongs into a .sql file of Storage."))
        : [];

    private static IEnumerable<string> StoreLeaks(SourceFile file) => file.IsUnder("Grains", "Grains.Interfaces", "Gateway", "Handlers", "Contracts", "clients")
        ? Driver().Matches(file.Parts.Code).Select(match => file.At(match.Index, $"{match.Value} is the store's inside; use a role of JobForge.Storage.Roles."))
        : [];

    private static IEnumerable<string> Absent(SourceFile project, string solution)
    {
        if (!solution.Replace('\\', '/').Contains($"\"{project.Path}\"", StringComparison.Ordinal))
        {
            yield return $"{project.Path}: the solution does not hold it.";
        }
    }

    private static IEnumerable<string> Unused(IEnumerable<SourceFile> statements, IEnumerable<SourceFile> code)
    {
        var named = code.SelectMany(file => file.Parts.Literals).Select(literal => literal.Text).ToHashSet(StringComparer.Ordinal);
        return statements.Where(file => file.Path.Contains("/Sql/", StringComparison.Ordinal))
            .Where(file => !named.Contains(file.Path[(file.Path.IndexOf("/Sql/", StringComparison.Ordinal) + 5)..^4]))
            .Select(file => $"{file.Path}: no code of Storage names it.");
    }

    /// <summary>The committed schema is compared, not run.</summary>
    private static IEnumerable<string> NotEmbedded(string path, string project)
    {
        if (Path.GetFileName(path).StartsWith("schema.", StringComparison.Ordinal))
        {
            yield break;
        }

        var folders = EmbeddedFolder().Matches(project).Select(match => $"Storage/{match.Groups["folder"].Value}/");
        if (!folders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)))
        {
            yield return $"{path}: no EmbeddedResource of Storage.csproj takes it in.";
        }
    }

    private static IEnumerable<string> OwnVersions(SourceFile project) =>
        OwnVersion().Matches(project.Text).Select(match => project.At(match.Index, "versions stand in Directory.Packages.props."));

    private static IEnumerable<string> Addresses(SourceFile file) =>
        Address().Matches(file.Text).Select(match => file.At(match.Index, "a lock file names no address."));

    private static SourceFile Project(string path, string reference) =>
        new(path, $"<Project><ItemGroup><ProjectReference Include=\"{reference}\" /></ItemGroup></Project>");

    private static string ProjectName(string path) => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));

    [GeneratedRegex(@"\bJobForge\.Runtime\b")]
    private static partial Regex EngineName();

    [GeneratedRegex(@"\bSELECT\s[^;]*?\sFROM\s|\bSELECT\s+\d|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bUPDATE\s+\w+\s+SET\b|\bDELETE\s+FROM\b|\b(CREATE|ALTER|DROP)\s+TABLE\b|\bPRAGMA\s")]
    private static partial Regex Sql();

    [GeneratedRegex(@"\bJobForge\.Storage\.(Sqlite|Postgres)\b|\bMicrosoft\.Data\.Sqlite\b|\bNpgsql\b|\bDapper\b")]
    private static partial Regex Driver();

    [GeneratedRegex(@"<EmbeddedResource Include=""(?<folder>[^""*]+)/\*\*/\*\.sql""")]
    private static partial Regex EmbeddedFolder();

    [GeneratedRegex(@"<PackageReference [^>]*Version=")]
    private static partial Regex OwnVersion();

    [GeneratedRegex(@"https?://")]
    private static partial Regex Address();
}
