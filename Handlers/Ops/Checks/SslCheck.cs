using System.Security.Authentication;
using JobForge.Handlers.Connectors;
using JobForge.Handlers.Reports;

namespace JobForge.Handlers.Ops.Checks;

/// <summary>Transport security: is there any, does the certificate hold, and for how long.</summary>
internal sealed class SslCheck : IScanCheck
{
    private static readonly Rule PlainHttp = new("ssl.plain_http", Severity.High, "Served over plain HTTP", "Serve the site over HTTPS only.");
    private static readonly Rule Expired = new("ssl.expired", Severity.Critical, "Certificate expired", "Renew the certificate now.");
    private static readonly Rule NotYetValid = new("ssl.not_yet_valid", Severity.Critical, "Certificate not valid yet", "Check the server's certificate and clock.");
    private static readonly Rule ExpiresNow = new("ssl.expires_in_days", Severity.High, "Certificate expires within 7 days", "Renew the certificate now.");
    private static readonly Rule ExpiresSoon = new("ssl.expires_soon", Severity.Medium, "Certificate expires within 30 days", "Renew the certificate and automate renewal.");
    private static readonly Rule SelfSigned = new("ssl.self_signed", Severity.High, "Certificate is self-signed", "Use a certificate of a public authority.");
    private static readonly Rule Untrusted = new("ssl.untrusted_chain", Severity.High, "Certificate chain is not trusted", "Send the intermediate certificates of a trusted authority.");
    private static readonly Rule NameMismatch = new("ssl.name_mismatch", Severity.High, "Certificate names another host", "Get a certificate that covers this host name.");
    private static readonly Rule OldProtocol = new("ssl.old_protocol", Severity.High, "Outdated TLS version", "Enable TLS 1.2 and 1.3, disable older versions.");
    private static readonly Rule WeakKey = new("ssl.weak_key", Severity.Medium, "Weak key or signature", "Use RSA of 2048 bits or more, or ECDSA, signed with SHA-256 or better.");

    public string Name => "ssl";

    public IEnumerable<Finding> Examine(TargetEvidence target, GuardedResponse landing)
    {
        if (landing.Url.Scheme != Uri.UriSchemeHttps)
        {
            return [PlainHttp.At(target, $"{landing.Url} answered {landing.Status} without TLS.")];
        }

        return landing.Tls is { } tls ? OfTls(target, tls) : [];
    }

    private static IEnumerable<Finding> OfTls(TargetEvidence target, TlsFacts tls)
    {
        if (tls.Leaf is { } leaf)
        {
            foreach (var finding in OfValidity(target, leaf).Concat(OfStrength(target, leaf)))
            {
                yield return finding;
            }
        }

        if (tls.Chain is [{ SelfIssued: true }] && tls.Errors.Any(IsTrustError))
        {
            yield return SelfSigned.At(target, $"Issuer and subject are both {tls.Leaf!.Subject}.");
        }
        else if (tls.Errors.Any(IsTrustError))
        {
            yield return Untrusted.At(target, $"Issued by {tls.Leaf?.Issuer ?? "nobody"}: {string.Join(", ", tls.Errors)}.");
        }

        if (tls.Errors.Contains("name_mismatch", StringComparer.Ordinal))
        {
            yield return NameMismatch.At(target, $"The certificate is for {string.Join(", ", tls.SubjectNames)}.");
        }

        if (tls.Protocol is not (SslProtocols.Tls12 or SslProtocols.Tls13))
        {
            yield return OldProtocol.At(target, $"Negotiated {tls.Protocol} with {tls.Cipher}.");
        }
    }

    private static IEnumerable<Finding> OfValidity(TargetEvidence target, CertificateFacts leaf)
    {
        var days = leaf.DaysLeft(target.SeenAt);
        var evidence = $"{leaf.Subject} is valid from {leaf.NotBefore:yyyy-MM-dd} to {leaf.NotAfter:yyyy-MM-dd} ({days} days left).";
        if (leaf.NotBefore > target.SeenAt)
        {
            yield return NotYetValid.At(target, evidence);
        }

        if (leaf.NotAfter <= target.SeenAt)
        {
            yield return Expired.At(target, evidence);
        }
        else if (days < 7)
        {
            yield return ExpiresNow.At(target, evidence);
        }
        else if (days < 30)
        {
            yield return ExpiresSoon.At(target, evidence);
        }
    }

    private static IEnumerable<Finding> OfStrength(TargetEvidence target, CertificateFacts leaf)
    {
        if (leaf.KeyBits < 2048 || leaf.SignatureAlgorithm.Contains("sha1", StringComparison.OrdinalIgnoreCase)
            || leaf.SignatureAlgorithm.Contains("md5", StringComparison.OrdinalIgnoreCase))
        {
            yield return WeakKey.At(target, $"Signed with {leaf.SignatureAlgorithm}, RSA bits {leaf.KeyBits?.ToString() ?? "none"}.");
        }
    }

    private static bool IsTrustError(string error) => error is "untrusted_root" or "partial_chain" or "not_signature_valid" or "explicit_distrust" or "revoked";
}
