using System.Net;
using System.Security.Cryptography;
using JobForge.Contracts.Access;
using JobForge.Contracts.Errors;

namespace JobForge.Gateway.Access;

/// <summary>Tells who holds a bearer key. Every failure looks the same: unknown, wrong, revoked or malformed.</summary>
public sealed class KeyChecker(ApiKeyDirectory keys, TimeProvider time, GatewayOptions options)
{
    private const string Scheme = "Bearer ";

    private readonly TokenBuckets _failures = new(time, options.FailedKeysPerMinute / 60.0, options.FailedKeysPerMinute);

    public static Refusal Unauthorized { get; } = new(ErrorCode.Unauthorized, "A valid API key is required.");

    /// <param name="authorization">The header's text.</param>
    public async Task<Outcome<Visitor>> CheckAsync(string? authorization, IPAddress? from)
    {
        var text = authorization is { } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
        var keyId = ApiKeyText.KeyIdOf(text);
        var address = AddressKey(from);
        if (_failures.IsEmpty(address, out var wait) && (keyId is null || !keys.HasSeen(keyId)))
        {
            // An address that keeps failing gets no more look-ups, except for keys known to exist: others may share its address.
            return TooManyFailures(wait);
        }

        if (await FindAsync(keyId, text) is { } visitor)
        {
            return visitor;
        }

        return _failures.TryTake(address, out wait) ? Unauthorized : TooManyFailures(wait);
    }

    private async Task<Visitor?> FindAsync(string? keyId, string text)
    {
        if (keyId is null)
        {
            return null;
        }

        var hash = ApiKeyText.Hash(options.KeyPepper.Span, text);
        var row = await keys.FindAsync(keyId);
        if (row is null || !CryptographicOperations.FixedTimeEquals(hash, row.KeyHash) || row.RevokedAt is not null)
        {
            return null;
        }

        var role = ApiKeyRoles.Parse(row.Role);
        return role != ApiKeyRole.Operator && row.TenantId is null ? null : new(row.KeyId, role, role == ApiKeyRole.Operator ? null : row.TenantId);
    }

    /// <summary>An IPv6 caller owns a /64 at least, so its failures count together.</summary>
    private static string AddressKey(IPAddress? from) => from switch
    {
        null => "unknown",
        { IsIPv4MappedToIPv6: true } => from.MapToIPv4().ToString(),
        { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } => Convert.ToHexString(from.GetAddressBytes().AsSpan(0, 8)),
        _ => from.ToString(),
    };

    private static Refusal TooManyFailures(TimeSpan wait) =>
        new(ErrorCode.RateLimited, "Too many failed authentications from this address.") { RetryAfter = wait };
}
