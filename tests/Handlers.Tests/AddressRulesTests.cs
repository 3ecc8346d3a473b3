using System.Net;
using System.Net.Sockets;
using JobForge.Handlers.Connectors;

namespace JobForge.Tests.Handlers;

public sealed class AddressRulesTests
{
    [Theory]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("0.1.2.3", "unspecified")]
    [InlineData("10.0.0.0", "private")]
    [InlineData("10.255.255.255", "private")]
    [InlineData("100.64.0.0", "carrier_nat")]
    [InlineData("100.127.255.255", "carrier_nat")]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("127.255.255.254", "loopback")]
    [InlineData("169.254.169.254", "link_local")]
    [InlineData("172.16.0.0", "private")]
    [InlineData("172.31.255.255", "private")]
    [InlineData("192.0.0.8", "reserved")]
    [InlineData("192.0.2.1", "documentation")]
    [InlineData("192.88.99.1", "reserved")]
    [InlineData("192.168.255.255", "private")]
    [InlineData("198.18.0.1", "benchmark")]
    [InlineData("198.19.255.255", "benchmark")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("239.255.255.255", "multicast")]
    [InlineData("240.0.0.1", "reserved")]
    [InlineData("255.255.255.255", "reserved")]
    [InlineData("::", "unspecified")]
    [InlineData("::1", "loopback")]
    [InlineData("::ffff:127.0.0.1", "ipv4_mapped")]
    [InlineData("::ffff:8.8.8.8", "ipv4_mapped")]
    [InlineData("::7f00:1", "ipv4_compatible")]
    [InlineData("64:ff9b::a00:1", "nat64")]
    [InlineData("64:ff9b:1::1", "nat64")]
    [InlineData("2001::1", "reserved")]
    [InlineData("2001:db8::1", "documentation")]
    [InlineData("2002:7f00:1::", "6to4")]
    [InlineData("3fff:fff::1", "documentation")]
    [InlineData("fc00::1", "private")]
    [InlineData("fdff::1", "private")]
    [InlineData("fe80::1", "link_local")]
    [InlineData("fec0::1", "reserved")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("100::1", "reserved")]
    [InlineData("4000::1", "reserved")]
    [InlineData("9.255.255.255", null)]
    [InlineData("11.0.0.0", null)]
    [InlineData("100.63.255.255", null)]
    [InlineData("100.128.0.0", null)]
    [InlineData("172.15.255.255", null)]
    [InlineData("172.32.0.0", null)]
    [InlineData("192.167.255.255", null)]
    [InlineData("223.255.255.255", null)]
    [InlineData("2606:4700::1111", null)]
    [InlineData("2a00:1450::1", null)]
    public void An_address_is_public_or_has_a_kind(string address, string? kind) =>
        AddressRules.SpecialKind(IPAddress.Parse(address)).ShouldBe(kind);

    [Theory]
    [InlineData("ftp://example.org/", OutboundRefusal.SchemeNotAllowed)]
    [InlineData("file:///etc/passwd", OutboundRefusal.SchemeNotAllowed)]
    [InlineData("gopher://example.org/", OutboundRefusal.SchemeNotAllowed)]
    [InlineData("http://user:secret@example.org/", OutboundRefusal.CredentialsInUrl)]
    [InlineData("http://127.0.0.1/", OutboundRefusal.AddressNotAllowed)]
    [InlineData("http://2130706433/", OutboundRefusal.AddressNotAllowed)]
    [InlineData("http://0x7f.1/", OutboundRefusal.AddressNotAllowed)]
    [InlineData("http://0177.0.0.1/", OutboundRefusal.AddressNotAllowed)]
    [InlineData("http://[::1]/", OutboundRefusal.AddressNotAllowed)]
    [InlineData("http://[::ffff:10.0.0.1]/", OutboundRefusal.AddressNotAllowed)]
    [InlineData("http://[fe80::1%25eth0]/", OutboundRefusal.AddressNotAllowed)]
    [InlineData("http://169.254.169.254/latest/meta-data/", OutboundRefusal.AddressNotAllowed)]
    [InlineData("http://8.8.8.8:22/", OutboundRefusal.PortNotAllowed)]
    public void A_url_is_refused_by_its_text_alone(string url, OutboundRefusal reason) =>
        Should.Throw<OutboundRefusedException>(() => Gate().CheckUrl(new Uri(url))).Reason.ShouldBe(reason);

    [Fact]
    public async Task Of_a_mixed_answer_only_the_public_addresses_are_dialled()
    {
        var gate = Gate(new FixedResolver("10.0.0.1", "93.184.216.34", "::1"));
        (await gate.AdmitAsync("mixed.example", 443, TestContext.Current.CancellationToken)).ShouldBe([IPAddress.Parse("93.184.216.34")]);
    }

    [Theory]
    [InlineData("internal.example", 9000, "10.0.0.1", true)]
    [InlineData("INTERNAL.example.", 9000, "10.0.0.1", true)]
    [InlineData("internal.example", 9001, "10.0.0.1", false)]
    [InlineData("any-port.example", 12345, "192.168.1.1", true)]
    [InlineData("other.example", 443, "10.0.0.1", false)]
    [InlineData("other.example", 25, "172.20.3.4", true)]
    [InlineData("other.example", 25, "::ffff:172.20.3.4", false)]
    [InlineData("any-port.example", 80, "224.0.0.1", false)]
    [InlineData("any-port.example", 80, "0.0.0.0", false)]
    [InlineData("sub.any-port.example", 80, "192.168.1.1", false)]
    public async Task Configuration_opens_exactly_the_named_hosts_and_networks(string host, int port, string address, bool admitted)
    {
        var options = new OutboundOptions
        {
            AllowedPrivateHosts = ["internal.example:9000", "any-port.example"],
            AllowedPrivateNetworks = ["172.20.0.0/16"],
        };
        var gate = new OutboundGate(options, new FixedResolver(address));
        var admit = () => gate.AdmitAsync(host, port, TestContext.Current.CancellationToken);
        if (admitted)
        {
            (await admit()).ShouldHaveSingleItem();
        }
        else
        {
            await Should.ThrowAsync<OutboundRefusedException>(admit);
        }
    }

    [Fact]
    public async Task A_name_without_address_is_a_failure_not_a_refusal() =>
        (await Should.ThrowAsync<OutboundFailedException>(() => Gate(new FixedResolver()).AdmitAsync("gone.example", 80, TestContext.Current.CancellationToken)))
            .Kind.ShouldBe(OutboundFailure.NameNotFound);

    private static OutboundGate Gate(INameResolver? resolver = null) => new(new OutboundOptions(), resolver ?? new FixedResolver());
}

/// <summary>Answers every name with the same addresses; none means an unknown name.</summary>
internal sealed class FixedResolver(params string[] addresses) : INameResolver
{
    public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancel) =>
        addresses.Length == 0
            ? Task.FromException<IReadOnlyList<IPAddress>>(new SocketException((int)SocketError.HostNotFound))
            : Task.FromResult<IReadOnlyList<IPAddress>>([.. addresses.Select(IPAddress.Parse)]);
}
