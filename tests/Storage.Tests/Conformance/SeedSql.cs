using System.Text.RegularExpressions;
using JobForge.Contracts.Json;
using JobForge.Contracts.Templates;

namespace JobForge.Storage.Tests.Conformance;

/// <summary>The contract's own SQL, cut from its page.</summary>
internal static partial class SeedSql
{
    /// <summary>At least the three that there are. Skips the test where the page is not beside this checkout.</summary>
    public static string[] Samples()
    {
        var samples = Blocks().Matches(Page()).Select(match => match.Groups["sql"].Value)
            // The dry-run sample abbreviates its columns with dots; it is no statement.
            .Where(sql => !sql.Contains("(...)", StringComparison.Ordinal)).ToArray();
        samples.Length.ShouldBeGreaterThanOrEqualTo(3);
        return samples;
    }

    /// <summary>The statement of the rollback instructions.</summary>
    public static string Rollback()
    {
        var page = Page();
        RollbackStatement().IsMatch(page).ShouldBeTrue();
        return RollbackStatement().Match(page).Value;
    }

    public static JobTemplate Template(string key) => new()
    {
        TemplateKey = key,
        Name = key,
        Category = "ops",
        InputSchema = ContractJson.EmptyObject,
        OutputSchema = ContractJson.EmptyObject,
    };

    private static string Page()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var page = Path.Combine(folder.FullName, "shared", "seeds", "execution-plane-contract.md");
            if (File.Exists(page))
            {
                return File.ReadAllText(page);
            }
        }

        Assert.Skip("The contract's page (../shared/seeds) is not beside this checkout.");
        return "";
    }

    [GeneratedRegex("```sql\n(?<sql>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Blocks();

    [GeneratedRegex("UPDATE jobforge_job_templates SET enabled = false;", RegexOptions.None, 1000)]
    private static partial Regex RollbackStatement();
}
