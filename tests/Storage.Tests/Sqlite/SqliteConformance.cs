using JobForge.Storage.Tests.Conformance;

namespace JobForge.Storage.Tests.Sqlite;

public sealed class SqliteAdmission : AdmissionConformance<SqliteFixture>;

public sealed class SqliteJobLife : JobLifeConformance<SqliteFixture>;

public sealed class SqliteQueue : QueueConformance<SqliteFixture>;

public sealed class SqliteReadModel : ReadModelConformance<SqliteFixture>;

public sealed class SqliteEvents : EventConformance<SqliteFixture>;

public sealed class SqliteRegistry : RegistryConformance<SqliteFixture>;

public sealed class SqliteEngineRows : EngineRowsConformance<SqliteFixture>;

public sealed class SqliteHolds : HoldConformance<SqliteFixture>;

public sealed class SqliteGates : GateConformance<SqliteFixture>;

public sealed class SqliteStanding : StandingConformance<SqliteFixture>;

public sealed class SqliteUpkeep : UpkeepConformance<SqliteFixture>;

public sealed class SqliteCheckups : DoctorConformance<SqliteFixture>;
