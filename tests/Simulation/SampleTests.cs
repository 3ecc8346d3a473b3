using System.Text.Json;
using JobForge.Contracts.Ids;
using JobForge.Contracts.Jobs;
using JobForge.Contracts.Templates;
using JobForge.Handlers;
using JobForge.Runtime.Simulation;
using JobForge.Silo.Simulation;

namespace JobForge.Simulation;

/// <summary>The sample of docs/simulation.md, as it stands there; a test compares the two.</summary>
public sealed class SampleTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void An_invoice_is_sent_once_although_processes_die(ulong seed)
    {
        // <sample>
        var sent = new List<string>();
        var shop = new TenantId("shop");
        var invoice = new JobTemplate
        {
            TemplateKey = "shop.invoice",
            Name = "Send an invoice",
            Category = "finops",
            InputSchema = JsonElement.Parse("""{"type":"object","required":["order"]}"""),
            OutputSchema = JsonElement.Parse("""{"type":"object"}"""),
        };
        using var cluster = new SimulatedCluster(new SimulationSetup
        {
            Seed = seed,
            Templates = [invoice],
            Handlers = _ => [new InvoiceHandler(sent)],
            ClientFaults = new LinkFaults { LoseAnswer = 0.2 },
        });

        cluster.Run(
            async () =>
            {
                var first = await cluster.StartSiloAsync();
                await cluster.FurnishAsync(shop);
                cluster.Store.Faults = new StoreFaults { FailAfter = 0.05 };
                var app = new SimulatedClient(cluster, "app", shop);
                var order = new JobRequest { TenantId = shop, TemplateKey = "shop.invoice", Inputs = JsonElement.Parse("""{"order":"A-17"}"""), IdempotencyKey = "A-17" };
                var job = await app.UntilAnsweredAsync(() => app.RequestAsync(order));

                cluster.Kill(first);
                await cluster.StartSiloAsync();
                var end = await app.EndOfAsync(job.Value!.Job!.Id);
                end.Status.ShouldBe(JobStatus.Succeeded);
            },
            atMost: TimeSpan.FromMinutes(5));

        sent.ShouldBe(["A-17"]);
        // </sample>
    }

    [Fact]
    public void The_document_shows_the_sample_as_it_runs()
    {
        var root = Root();
        var document = Lines(File.ReadAllText(Path.Combine(root, "docs", "simulation.md")));
        var source = File.ReadAllText(Path.Combine(root, "tests", "Simulation", "SampleTests.cs"));
        var sample = source[(source.IndexOf("// <sample>", StringComparison.Ordinal) + 11)..source.IndexOf("// </sample>", StringComparison.Ordinal)];

        document.ShouldContain(Lines(sample));
    }

    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "JobForge.Orleans.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    /// <summary>Sends nothing twice, since it asks its own record first: a handler may run more than once.</summary>
    private sealed class InvoiceHandler(List<string> sent) : IJobHandler
    {
        public string TemplateKey => "shop.invoice";

        public async Task<HandlerResult> ExecuteAsync(IJobContext context, CancellationToken cancel)
        {
            var order = context.Inputs.GetProperty("order").GetString()!;
            await Task.Delay(TimeSpan.FromMilliseconds(300), context.Time, cancel);
            if (!sent.Contains(order, StringComparer.Ordinal))
            {
                sent.Add(order);
            }

            return HandlerResult.Success(JsonElement.Parse("""{"sent":true}"""));
        }
    }
}
