using System.Text.Json;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Json;
using JobForge.Handlers.Connectors;

namespace JobForge.Handlers.Jobs;

/// <summary>
/// Runs failed jobs again, newest first, no faster than it was asked to. Each failed job is retried under a key of its own, so neither a repeated attempt nor
/// another re-drive runs one twice. A cancel stops it between two jobs; what was re-driven stays so.
/// </summary>
public sealed class RedriveHandler(IDeadLetters letters) : IJobHandler
{
    private const int PageSize = 200;
    private const int MostWaits = 20;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(1);

    public string TemplateKey => RedriveRequest.TemplateKey;

    public async Task<HandlerResult> ExecuteAsync(IJobContext context, CancellationToken cancel)
    {
        var read = RedriveRequest.Read(context.Inputs, context.TenantId);
        if (read.IsRefused)
        {
            return HandlerResult.Permanent("invalid_inputs", read.Refusal.Message);
        }

        var tally = new Tally();
        await RedriveAsync(context, read.Value, tally, cancel);
        context.Metric("jobs_redriven", tally.Redriven);
        return HandlerResult.Success(JsonSerializer.SerializeToElement(tally, ContractJson.Options));
    }

    private async Task RedriveAsync(IJobContext context, RedriveRequest request, Tally tally, CancellationToken cancel)
    {
        var expected = Math.Min(request.Max, await letters.CountAsync(request.Filter, request.Max, cancel));
        var query = new DeadLetterQuery(request.Filter, PageSize);
        do
        {
            var page = await letters.ReadAsync(query, cancel);
            foreach (var failed in page.Items.Take(request.Max - tally.LookedAt))
            {
                cancel.ThrowIfCancellationRequested();
                await RedriveOneAsync(context, failed, request.PerSecond, tally, cancel);
                context.Progress(100.0 * tally.LookedAt / Math.Max(1, expected), $"{tally.LookedAt} of {expected}");
            }

            query = query with { Cursor = page.NextCursor };
        }
        while (query.Cursor is not null && tally.LookedAt < request.Max);
    }

    private async Task RedriveOneAsync(IJobContext context, JobRow failed, double perSecond, Tally tally, CancellationToken cancel)
    {
        tally.LookedAt++;
        if (string.Equals(failed.TemplateKey, TemplateKey, StringComparison.Ordinal))
        {
            tally.Skipped++;
            context.Log($"{failed.Id} skipped: a re-drive is not re-driven.");
            return;
        }

        var outcome = await RetryAsync(context, failed, cancel);
        switch (outcome)
        {
            case { IsRefused: true }:
                tally.Refused++;
                context.Log($"{failed.Id} ({failed.TemplateKey}) refused: {outcome.Refusal.Message}", RunLogLevel.Warning);
                break;
            case { Value: false }:
                tally.Skipped++;
                context.Log($"{failed.Id} skipped: it was re-driven before.");
                break;
            default:
                tally.Redriven++;
                await Task.Delay(TimeSpan.FromSeconds(1 / perSecond), context.Time, cancel);
                break;
        }
    }

    /// <summary>A tenant at its rate or quota is waited for, a while.</summary>
    private async Task<Outcome<bool>> RetryAsync(IJobContext context, JobRow failed, CancellationToken cancel)
    {
        for (var wait = 1; ; wait++)
        {
            var outcome = await letters.RetryAsync(context, failed.Id, cancel);
            if (outcome.Refusal is not { Code: ErrorCode.RateLimited or ErrorCode.QuotaExceeded } || wait > MostWaits)
            {
                return outcome;
            }

            var after = outcome.Refusal.RetryAfter ?? UsualWait;
            await Task.Delay(after < LongestWait ? after : LongestWait, context.Time, cancel);
        }
    }

    private sealed class Tally
    {
        public int LookedAt { get; set; }

        public int Redriven { get; set; }

        public int Skipped { get; set; }

        public int Refused { get; set; }
    }
}
