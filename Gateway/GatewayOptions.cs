namespace JobForge.Gateway;

/// <summary>What the composition root tells the gateway.</summary>
public sealed record GatewayOptions
{
    /// <summary>The installation's pepper: API keys are stored and compared as HMACs under it. At least 16 bytes.</summary>
    public required ReadOnlyMemory<byte> KeyPepper { get; init; }

    public string Version { get; init; } = "0.3.0";

    /// <summary>Bytes of a request body.</summary>
    public long MaxBodyBytes { get; init; } = 1024 * 1024;

    /// <summary>Sustained requests a second of one API key; quotas of tenants are decided behind the door, this only shields it.</summary>
    public int RequestsPerSecond { get; init; } = 2000;

    /// <summary>Requests of one API key that may come at once.</summary>
    public int RequestBurst { get; init; } = 4000;

    /// <summary>Failed authentications a minute from one address before it is answered 429.</summary>
    public int FailedKeysPerMinute { get; init; } = 30;

    /// <summary>How long a looked-up key may serve without a new look-up; a revocation takes effect at most this much later.</summary>
    public TimeSpan KeyCacheAge { get; init; } = TimeSpan.FromMilliseconds(900);

    /// <summary>How often the gathered last-used times of keys are handed on.</summary>
    public TimeSpan KeyUseInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Live views of runs that one tenant may have open at once.</summary>
    public int StreamsPerTenant { get; init; } = 50;

    /// <summary>How often a live view looks at its run's rows.</summary>
    public TimeSpan StreamPoll { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A live view without news sends a comment this often, so that nothing on the way takes it for dead.</summary>
    public TimeSpan StreamHeartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>True: /metrics needs no key. Only for networks where the port is not reachable from outside.</summary>
    public bool OpenMetrics { get; init; }
}
