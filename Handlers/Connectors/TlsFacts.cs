using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace JobForge.Handlers.Connectors;

/// <summary>What a TLS handshake showed.</summary>
/// <param name="SubjectNames">DNS names and addresses of the certificate.</param>
/// <param name="Errors">Empty when the certificate holds; else words such as <c>name_mismatch</c>, <c>untrusted_root</c>, <c>not_time_valid</c>.</param>
/// <param name="Chain">The leaf first.</param>
public sealed record TlsFacts(
    SslProtocols Protocol,
    string Cipher,
    IReadOnlyList<string> SubjectNames,
    IReadOnlyList<CertificateFacts> Chain,
    IReadOnlyList<string> Errors)
{
    public CertificateFacts? Leaf => Chain.Count > 0 ? Chain[0] : null;
}

/// <param name="KeyBits">Size of an RSA key; null for other kinds.</param>
public sealed record CertificateFacts(
    string Subject,
    string Issuer,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    string SignatureAlgorithm,
    int? KeyBits,
    bool SelfIssued)
{
    /// <summary>Whole days until expiry, negative once expired.</summary>
    public int DaysLeft(DateTimeOffset now) => (int)Math.Floor((NotAfter - now).TotalDays);

    internal static CertificateFacts Of(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPublicKey();
        return new CertificateFacts(
            certificate.Subject,
            certificate.Issuer,
            certificate.NotBefore.ToUniversalTime(),
            certificate.NotAfter.ToUniversalTime(),
            certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value ?? "unknown",
            rsa?.KeySize,
            certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData));
    }
}
