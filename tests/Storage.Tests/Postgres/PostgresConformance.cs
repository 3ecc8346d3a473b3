using JobForge.Storage.Tests.Conformance;

namespace JobForge.Storage.Tests.Postgres;

public sealed class PostgresAdmission : AdmissionConformance<PostgresFixture>;

public sealed class PostgresJobLife : JobLifeConformance<PostgresFixture>;

public sealed class PostgresQueue : QueueConformance<PostgresFixture>;

public sealed class PostgresReadModel : ReadModelConformance<PostgresFixture>;

public sealed class PostgresEvents : EventConformance<PostgresFixture>;

public sealed class PostgresRegistry : RegistryConformance<PostgresFixture>;

public sealed class PostgresEngineRows : EngineRowsConformance<PostgresFixture>;

public sealed class PostgresHolds : HoldConformance<PostgresFixture>;

public sealed class PostgresGates : GateConformance<PostgresFixture>;

public sealed class PostgresStandings : StandingConformance<PostgresFixture>;

public sealed class PostgresUpkeep : UpkeepConformance<PostgresFixture>;

public sealed class PostgresCheckups : DoctorConformance<PostgresFixture>;
