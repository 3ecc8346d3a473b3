using System.Text.RegularExpressions;
using JobForge.Tidy.Tests.Tree;

namespace JobForge.Tidy.Tests;

/// <summary>
/// The store decides: a statement that changes a job names the status, the owner and the attempt that its caller believes in (RunFence), so that a
/// stale owner changes nothing.
/// </summary>
public sealed partial class FenceTests
{
    /// <summary>Statements with a fence of another kind, each with its reason.</summary>
    private static readonly Dictionary<string, string> OtherFences = new(StringComparer.Ordinal)
    {
        ["jobs/leave_queue.sql"] = "runs in the transaction of jobs/finish.sql, which has checked the fence",
        ["queue/take_ready.sql"] = "takes only queued jobs that nobody owns, for an open epoch",
        ["queue/take_due.sql"] = "takes only waiting jobs, which by a constraint are queued and unowned, for an open epoch",
        ["epochs/settle_running.sql"] = "locks the running jobs of an ended epoch in its own statement and changes those alone",
        ["holds/wake_parent.sql"] = "takes only parents held for their children, which by a constraint are queued and unowned, for an open epoch",
        ["holds/release_paused.sql"] = "frees only paused jobs, which by a constraint are queued and unowned",
        ["holds/pass.sql"] = "on PostgreSQL one for all that its transaction has locked before the gate, which by a constraint are queued and unowned",
        ["doctor/repair_two_places.sql"] = "removes only the queue's row of a job whose end stands in history: an end is final, whatever the row says",
        ["doctor/repair_parent.sql"] = "as holds/wake_parent.sql, and takes the parent for nobody",
        ["doctor/repair_paused.sql"] = "as holds/release_paused.sql, for one job",
    };

    [Fact]
    public void Every_statement_that_changes_a_job_names_its_fence() =>
        SourceTree.Files.Where(IsStatement).SelectMany(MissingFence).ShouldBeNone();

    [Fact]
    public void Every_exception_still_exists_and_still_changes_jobs()
    {
        var changing = SourceTree.Files.Where(IsStatement).Where(file => ChangesJobs().IsMatch(Bare(file))).Select(StatementName).ToHashSet(StringComparer.Ordinal);

        OtherFences.Keys.Where(name => !changing.Contains(name)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("UPDATE jobforge_jobs SET status = 'queued' WHERE id = :id")]
    [InlineData("UPDATE jobforge_jobs SET status = 'queued' WHERE id = :id AND status = :s AND owner_epoch IS :o")]
    [InlineData("DELETE FROM jobforge_jobs WHERE id = :id AND owner_epoch IS :o AND attempts = :a")]
    [InlineData("INSERT INTO jobforge_finished_jobs (id) SELECT id FROM jobforge_jobs WHERE id = :id")]
    [InlineData("-- status = owner_epoch = attempts =\nUPDATE jobforge_jobs SET status = 'queued', attempts = 1, owner_epoch = 2 WHERE id = :id")]
    public void A_statement_without_its_whole_fence_is_found(string sql) =>
        MissingFence(Statement("jobs/novel.sql", sql)).ShouldHaveSingleItem();

    [Theory]
    [InlineData("UPDATE jobforge_jobs SET status = 'queued' WHERE id = :id AND status = :s AND owner_epoch IS :o AND attempts = :a")]
    [InlineData("UPDATE jobforge_epochs SET state = 'dead' WHERE expires_at < :now")]
    [InlineData("SELECT id FROM jobforge_jobs WHERE tenant_id = :t")]
    public void A_fenced_statement_and_one_about_other_rows_pass(string sql) =>
        MissingFence(Statement("jobs/novel.sql", sql)).ShouldBeEmpty();

    private static IEnumerable<string> MissingFence(SourceFile file)
    {
        var sql = Bare(file);
        if (!ChangesJobs().IsMatch(sql) || OtherFences.ContainsKey(StatementName(file)))
        {
            yield break;
        }

        // From the change's first WHERE on: the fence itself asks for the holder in a subquery.
        var change = ChangesJobs().Match(sql).Index;
        var where = sql.IndexOf("WHERE", change, StringComparison.OrdinalIgnoreCase) is var at and >= 0 ? sql[at..] : "";
        var missing = new[] { ("status", Status()), ("owner_epoch", Owner()), ("attempts", Attempts()) }
            .Where(column => !column.Item2.IsMatch(where)).Select(column => column.Item1).ToList();
        if (missing.Count > 0)
        {
            yield return $"{file.Path}: its WHERE does not compare {string.Join(", ", missing)}.";
        }
    }

    private static bool IsStatement(SourceFile file) =>
        file.Extension == ".sql" && file.IsUnder("Storage") && file.Path.Contains("/Sql/", StringComparison.Ordinal);

    /// <summary>The name that both dialects share, e.g. <c>jobs/start.sql</c>.</summary>
    private static string StatementName(SourceFile file) => file.Path[(file.Path.IndexOf("/Sql/", StringComparison.Ordinal) + 5)..];

    private static string Bare(SourceFile file) => SqlComment().Replace(file.Text, "");

    private static SourceFile Statement(string name, string sql) => new($"Storage/Sqlite/Sql/{name}", sql);

    [GeneratedRegex(@"\bUPDATE\s+jobforge_jobs\b|\bDELETE\s+FROM\s+jobforge_jobs\b|\bINSERT\s+INTO\s+jobforge_finished_jobs\b", RegexOptions.IgnoreCase)]
    private static partial Regex ChangesJobs();

    [GeneratedRegex(@"--[^\n]*")]
    private static partial Regex SqlComment();

    [GeneratedRegex(@"\bstatus\s*(=|IN\b|IS\b)", RegexOptions.IgnoreCase)]
    private static partial Regex Status();

    [GeneratedRegex(@"\bowner_epoch\s*(=|IS\b)", RegexOptions.IgnoreCase)]
    private static partial Regex Owner();

    [GeneratedRegex(@"\battempts\s*(=|IS\b)", RegexOptions.IgnoreCase)]
    private static partial Regex Attempts();
}
