using System.Security.Cryptography;
using System.Text;
using JobForge.Contracts.Ids;
using JobForge.Storage.Artifacts;
using JobForge.Storage.Roles;

namespace JobForge.Storage.Tests.Artifacts;

public sealed class FileArtifactStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("jobforge-artifacts-").FullName;
    private readonly FileArtifactStore _store;

    public FileArtifactStoreTests() => _store = new FileArtifactStore(_root, new IdSource(TimeProvider.System, RandomSource.Secure));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_content_is_kept_once_under_its_digest_and_reads_back()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("artifact ", 30_000)));
        var expected = Convert.ToHexStringLower(SHA256.HashData(bytes));

        var first = await _store.WriteAsync(new MemoryStream(bytes), bytes.Length, default);
        var second = await _store.WriteAsync(new MemoryStream(bytes), bytes.Length, default);

        first.ShouldBe(new StoredArtifact(expected, bytes.Length));
        second.ShouldBe(first);
        await using var read = _store.OpenRead(expected).ShouldNotBeNull();
        var copy = new MemoryStream();
        await read.CopyToAsync(copy);
        copy.ToArray().ShouldBe(bytes);
        Files().ShouldBe([Path.Combine(_root, expected[..2], expected[2..])]);
    }

    [Fact]
    public async Task A_content_over_the_bound_or_broken_off_leaves_nothing()
    {
        await Should.ThrowAsync<ArtifactTooLargeException>(_store.WriteAsync(new MemoryStream(new byte[11]), 10, default));
        await Should.ThrowAsync<StoreUnavailableException>(_store.WriteAsync(new BrokenStream(), 1_000_000, default));

        Files().ShouldBeEmpty();
        _store.OpenRead(new string('0', 64)).ShouldBeNull();
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("")]
    [InlineData("ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD")]
    [InlineData("..//////////////////////////////////////////////////////etc/pass")]
    public void Only_a_digest_names_a_content(string name) => Should.Throw<FormatException>(() => _store.OpenRead(name));

    private string[] Files() => Directory.GetFiles(_root, "*", SearchOption.AllDirectories);

    /// <summary>Ends in an error after its first bytes, as a broken connection does.</summary>
    private sealed class BrokenStream : MemoryStream
    {
        private bool _started;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_started)
            {
                throw new IOException("The connection broke.");
            }

            _started = true;
            return ValueTask.FromResult(10);
        }
    }
}
