using JobForge.Contracts.Ids;
using JobForge.Storage.Doctor;
using JobForge.Tests.Shared;
using PostgresDoctor = JobForge.Storage.Postgres.PostgresDoctor;

namespace JobForge.Storage.Tests.Postgres;

/// <summary>What only a PostgreSQL has to be looked at for.</summary>
public sealed class PostgresDoctorTests : IAsyncDisposable
{
    private readonly PostgresFixture _fixture = new();
    private readonly FakeTimeProvider _time = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_missing_day_is_found_and_made()
    {
        var store = await _fixture.OpenAsync(_time);
        await _fixture.SqlAsync("DROP TABLE jobforge_events_20300101");
        var checkup = new Checkup(store.Doctor, null, new CheckupOptions { Repair = true, SecondLook = TimeSpan.Zero }, _time, new IdSource(_time, RandomSource.Secure));

        var finding = (await checkup.RunAsync(CancellationToken.None)).Findings.Single(finding => finding.Check == Checks.PartitionGap);

        finding.Repaired.ShouldBe(1);
        (await checkup.RunAsync(CancellationToken.None)).Findings.ShouldNotContain(again => again.Check == Checks.PartitionGap);
    }

    [Fact]
    public async Task It_looks_at_a_database_that_a_process_has_open_and_writes_nothing()
    {
        await _fixture.OpenAsync(_time);
        await using var doctor = PostgresDoctor.Connect(PostgresFixture.Options(await _fixture.ConnectionStringAsync()));

        (await doctor.SceneAsync(_time.GetUtcNow(), CancellationToken.None)).Alive.ShouldBeEmpty();

        var written = await Should.ThrowAsync<StoreUnavailableException>(() => doctor.LookAsync("doctor/repair_bucket", ["acme", "gate", _time.GetUtcNow()], CancellationToken.None));
        written.Message.ShouldContain("read-only transaction");
    }

    [Fact]
    public async Task A_database_of_another_version_is_refused_with_what_to_do()
    {
        await _fixture.OpenAsync(_time);
        await using var doctor = PostgresDoctor.Connect(PostgresFixture.Options(await _fixture.ConnectionStringAsync()));
        await _fixture.SqlAsync("INSERT INTO jobforge_migrations (number, name, applied_at) VALUES (9999, 'later', now())");

        var refused = await Should.ThrowAsync<InvalidOperationException>(() => doctor.SceneAsync(_time.GetUtcNow(), CancellationToken.None));

        refused.Message.ShouldContain("schema 9999");
    }
}
