using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace JobForge.Handlers.Connectors;

/// <summary>Turns a host name into addresses. Injected, so that a test can answer as a hostile name server would.</summary>
public interface INameResolver
{
    /// <exception cref="SocketException">The name has no address, or the look-up failed.</exception>
    Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancel);
}

/// <summary>The operating system's resolver.</summary>
public sealed class SystemNameResolver : INameResolver
{
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancel) => await Dns.GetHostAddressesAsync(host, cancel);
}

/// <summary>
/// Decides what an outbound call may reach. The address that is judged is the very one that is dialled, so a name that changes its
/// answer between check and use (DNS rebinding) gains nothing.
/// </summary>
public sealed class OutboundGate
{
    private readonly HashSet<string> _hosts;
    private readonly IPNetwork[] _networks;
    private readonly HashSet<int> _ports;
    private readonly INameResolver _resolver;

    /// <exception cref="FormatException">A configured network is no CIDR text.</exception>
    public OutboundGate(OutboundOptions options, INameResolver resolver)
    {
        _hosts = options.AllowedPrivateHosts.ToHashSet(StringComparer.OrdinalIgnoreCase);
        _networks = [.. options.AllowedPrivateNetworks.Select(text => IPNetwork.Parse(text))];
        _ports = [.. options.AllowedPorts];
        _resolver = resolver;
    }

    /// <summary>What can be told from the text alone; an address literal is judged here, a name when it is dialled.</summary>
    /// <exception cref="OutboundRefusedException">The URL may not be called.</exception>
    public void CheckUrl(Uri url)
    {
        if (!url.IsAbsoluteUri || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            throw new OutboundRefusedException(OutboundRefusal.SchemeNotAllowed, "Only http and https URLs may be called.");
        }

        if (url.UserInfo.Length > 0)
        {
            throw new OutboundRefusedException(OutboundRefusal.CredentialsInUrl, $"The URL of host {url.IdnHost} carries credentials.");
        }

        var host = Canonical(url.IdnHost);
        if (host.Length == 0)
        {
            throw new OutboundRefusedException(OutboundRefusal.HostMissing, "The URL names no host.");
        }

        if (IPAddress.TryParse(host, out var literal) && Objection(host, literal, url.Port) is { } objection)
        {
            throw objection;
        }
    }

    /// <summary>Resolves the host and answers the addresses that may be dialled, never an empty list.</summary>
    /// <exception cref="OutboundRefusedException">No address of the host may be reached.</exception>
    /// <exception cref="OutboundFailedException">The name has no address.</exception>
    public async Task<IReadOnlyList<IPAddress>> AdmitAsync(string host, int port, CancellationToken cancel)
    {
        var name = Canonical(host);
        var addresses = IPAddress.TryParse(name, out var literal) ? [literal] : await LookUpAsync(name, cancel);
        var admitted = new List<IPAddress>();
        OutboundRefusedException? objection = null;
        foreach (var address in addresses)
        {
            var found = Objection(name, address, port);
            objection ??= found;
            if (found is null)
            {
                admitted.Add(address);
            }
        }

        return admitted.Count > 0 ? admitted
            : throw objection ?? (Exception)new OutboundFailedException(OutboundFailure.NameNotFound, $"The name {name} has no address.");
    }

    private async Task<IReadOnlyList<IPAddress>> LookUpAsync(string name, CancellationToken cancel)
    {
        try
        {
            return await _resolver.ResolveAsync(name, cancel);
        }
        catch (SocketException e)
        {
            throw new OutboundFailedException(OutboundFailure.NameNotFound, $"The name {name} could not be resolved.", e);
        }
    }

    private OutboundRefusedException? Objection(string host, IPAddress address, int port)
    {
        var kind = AddressRules.SpecialKind(address);
        if (kind is "multicast" or "unspecified")
        {
            return AddressRefused(host, address, kind);
        }

        if (_hosts.Contains(host) || _hosts.Contains(host + ":" + port.ToString(CultureInfo.InvariantCulture))
            || _networks.Any(network => AddressRules.Holds(network, address)))
        {
            return null;
        }

        return kind is not null ? AddressRefused(host, address, kind)
            : _ports.Contains(port) ? null
            : new OutboundRefusedException(OutboundRefusal.PortNotAllowed, $"Port {port} of {host} may not be called.");
    }

    private static OutboundRefusedException AddressRefused(string host, IPAddress address, string kind) =>
        new(OutboundRefusal.AddressNotAllowed, host == address.ToString()
            ? $"The address {address} ({kind}) may not be called."
            : $"The host {host} resolves to {address} ({kind}), which may not be called.");

    private static string Canonical(string host) => host.Trim('[', ']').TrimEnd('.');
}
