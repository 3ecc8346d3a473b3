using System.Text;
using System.Text.Json;
using JobForge.Handlers;
using JobForge.Silo.Simulation;
using JobForge.Simulation.Model;

namespace JobForge.Simulation.Drive;

/// <summary>Does what the plan in the inputs says, and leaves what it did in the ledger.</summary>
internal sealed class ScriptHandler(string templateKey, Ledger ledger, SimulatedSilo silo) : IJobHandler
{
    public string TemplateKey => templateKey;

    public async Task<HandlerResult> ExecuteAsync(IJobContext context, CancellationToken cancel)
    {
        var plan = ledger.Plans[context.Inputs.GetProperty("n").GetInt32()];
        var effect = ledger.Begin(new Effect
        {
            Number = ledger.Effects.Count,
            Plan = plan,
            Job = context.RunId,
            Attempt = context.Attempt,
            Silo = silo.Name,
            StartedAt = ledger.Now,
        });
        using var told = cancel.Register(() => effect.ToldAt ??= ledger.Now);
        if (cancel.IsCancellationRequested)
        {
            effect.ToldAt ??= ledger.Now;
        }

        try
        {
            return await RunAsync(plan, effect, context, cancel);
        }
        finally
        {
            effect.EndedAt ??= ledger.Now;
        }
    }

    private static async Task<HandlerResult> RunAsync(WorkPlan plan, Effect effect, IJobContext context, CancellationToken cancel)
    {
        var step = plan.StepOf(context.Attempt);
        if (plan.Children.Count > 0 && context.State is null)
        {
            return await RequestChildrenAsync(plan, effect, context);
        }

        context.Log($"effect {effect.Number}");
        if (step.Takes > TimeSpan.FromSeconds(1))
        {
            context.Progress(50, "half");
            await context.WriteArtifactAsync($"effect-{effect.Number}.txt", "text", "text/plain", Encoding.UTF8.GetBytes($"{effect.Number}"), CancellationToken.None);
        }

        if (step.Takes > TimeSpan.Zero)
        {
            await Task.Delay(step.Takes, context.Time, step.Deaf ? CancellationToken.None : cancel);
        }

        effect.End = step.End;
        return step.End switch
        {
            StepEnd.Succeed => HandlerResult.Success(JsonElement.Parse($$"""{"effect":{{effect.Number}},"children":{{context.Children.Count}}}""")),
            StepEnd.Fail => HandlerResult.Retry("planned", "as planned"),
            StepEnd.FailForGood => HandlerResult.Permanent("planned", "as planned"),
            _ => throw new InvalidOperationException("as planned"),
        };
    }

    private static async Task<HandlerResult> RequestChildrenAsync(WorkPlan plan, Effect effect, IJobContext context)
    {
        foreach (var child in plan.Children)
        {
            var outcome = await context.RequestJobAsync($"child-{child.Number}", child.Template, child.Inputs, new ChildOptions { MaxAttempts = child.MaxAttempts });
            if (outcome.IsRefused)
            {
                return HandlerResult.Retry("child_refused", outcome.Refusal.Message);
            }
        }

        effect.Waited = true;
        return HandlerResult.WaitForChildren(JsonElement.Parse("""{"asked":true}"""));
    }
}
