using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace JobForge.Handlers.Connectors;

/// <summary>
/// Opens TLS on a connected stream and records what the server showed. Chains are built from what the server sent and the machine's roots:
/// fetching missing issuers or revocation lists would be an outbound call past the guard.
/// </summary>
internal static class TlsDoor
{
    /// <param name="probe">True takes an invalid certificate and records what is wrong with it; never send a secret over such a connection.</param>
    /// <exception cref="OutboundFailedException">The handshake failed, or the certificate is invalid and this is no probe.</exception>
    public static async Task<(SslStream Stream, TlsFacts Facts)> OpenAsync(Stream transport, string host, bool probe, CancellationToken cancel)
    {
        Witness? witness = null;
        var ssl = new SslStream(transport, leaveInnerStreamOpen: false);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true },
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                witness = Witness.Of(certificate as X509Certificate2, chain, errors);
                return probe || errors == SslPolicyErrors.None;
            },
        };
        try
        {
            await ssl.AuthenticateAsClientAsync(options, cancel);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await ssl.DisposeAsync();
            var cause = witness is { Errors.Count: > 0 } ? $"certificate invalid: {string.Join(", ", witness.Errors)}" : e.Message;
            throw new OutboundFailedException(OutboundFailure.TlsFailed, $"TLS with {host} failed: {cause}", e);
        }
        catch
        {
            await ssl.DisposeAsync();
            throw;
        }

        return (ssl, new TlsFacts(
            ssl.SslProtocol, ssl.NegotiatedCipherSuite.ToString(), witness?.Names ?? [], witness?.Chain ?? [], witness?.Errors ?? []));
    }

    /// <summary>Copies from the certificate objects, which do not outlive the handshake's callback.</summary>
    private sealed record Witness(IReadOnlyList<string> Names, IReadOnlyList<CertificateFacts> Chain, IReadOnlyList<string> Errors)
    {
        public static Witness Of(X509Certificate2? leaf, X509Chain? chain, SslPolicyErrors errors)
        {
            if (leaf is null)
            {
                return new Witness([], [], ["certificate_missing"]);
            }

            var certificates = chain is { ChainElements.Count: > 0 }
                ? chain.ChainElements.Select(element => CertificateFacts.Of(element.Certificate)).ToList()
                : [CertificateFacts.Of(leaf)];
            return new Witness(NamesOf(leaf), certificates, [.. Words(chain, errors).Distinct(StringComparer.Ordinal)]);
        }

        private static List<string> NamesOf(X509Certificate2 leaf) =>
            [.. leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))];

        private static IEnumerable<string> Words(X509Chain? chain, SslPolicyErrors errors)
        {
            if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            {
                yield return "name_mismatch";
            }

            if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            {
                foreach (var status in chain?.ChainStatus ?? [])
                {
                    yield return JsonNamingPolicy.SnakeCaseLower.ConvertName(status.Status.ToString());
                }
            }
        }
    }
}
