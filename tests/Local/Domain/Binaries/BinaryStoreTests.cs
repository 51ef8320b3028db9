using Serverless.Domain;
using Serverless.Domain.Binaries;
using Serverless.Domain.Documents;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Binaries;

public class BinaryStoreTests
{
    private const string Tenant = TestCloud.Tenant;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(BinaryStore.ChunkLength)]
    [InlineData(BinaryStore.ChunkLength + 1)]
    [InlineData((2 * BinaryStore.ChunkLength) + 77)]
    public async Task What_is_put_is_read_whole_and_by_range(int length)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var binaries = new BinaryStore(cloud.Store, cloud.Time);
        var bytes = Bytes(length, 1);

        var binary = await PutAsync(binaries, bytes);

        Assert.Equal(length, binary.Length);
        Assert.Equal(binary, await binaries.FindAsync(Tenant, "b1", TestCloud.Cancellation));
        Assert.Equal(bytes, await ReadAsync(binaries, binary, 0, long.MaxValue / 2));
        Assert.Equal(bytes.AsSpan(length / 2).ToArray(), await ReadAsync(binaries, binary, length / 2, length));
        Assert.Equal(bytes.Skip(length - 1).Take(1), await ReadAsync(binaries, binary, Math.Max(length - 1, 0), 1));
        Assert.Empty(await ReadAsync(binaries, binary, length, 10));
    }

    [Fact]
    public async Task A_second_one_is_refused_unless_it_replaces_and_who_reads_the_first_is_not_disturbed()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var binaries = new BinaryStore(cloud.Store, cloud.Time);
        var (first, second) = (Bytes(BinaryStore.ChunkLength + 5, 1), Bytes(7, 2));
        var old = await PutAsync(binaries, first);

        var refused = await Assert.ThrowsAsync<DomainException>(() => PutAsync(binaries, second));
        var replaced = await PutAsync(binaries, second, replaces: true);

        Assert.Equal(Refusal.Exists, refused.Refusal);
        Assert.Equal(second, await ReadAsync(binaries, replaced, 0, 100));
        Assert.Equal(first, await ReadAsync(binaries, old, 0, old.Length));

        cloud.Time.Advance(BinaryStore.RemainsKept);
        await binaries.SweepAsync(Tenant, TestCloud.Cancellation);
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(binaries, old, 0, old.Length));
        Assert.Equal(second, await ReadAsync(binaries, replaced, 0, 100));
        Assert.Equal(1, await CountAsync(cloud, Kinds.BinaryChunk));
        Assert.Equal(0, await CountAsync(cloud, Kinds.BinaryRemains));
    }

    [Fact]
    public async Task What_is_deleted_leaves_nothing_behind()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var binaries = new BinaryStore(cloud.Store, cloud.Time);
        await PutAsync(binaries, Bytes(BinaryStore.ChunkLength * 2, 1));

        Assert.True(await binaries.DeleteAsync(Tenant, "b1", TestCloud.Cancellation));
        Assert.False(await binaries.DeleteAsync(Tenant, "b1", TestCloud.Cancellation));
        Assert.Null(await binaries.FindAsync(Tenant, "b1", TestCloud.Cancellation));

        cloud.Time.Advance(BinaryStore.RemainsKept);
        await binaries.SweepAsync(Tenant, TestCloud.Cancellation);
        Assert.Equal(0, await CountAsync(cloud, Kinds.BinaryChunk));
    }

    [Fact]
    public async Task One_that_is_too_large_is_refused_and_swept()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var binaries = new BinaryStore(cloud.Store, cloud.Time);
        using var endless = new MemoryStream(new byte[BinaryStore.MaxLength + 1]);

        await Assert.ThrowsAsync<BinaryTooLargeException>(() =>
            binaries.PutAsync(Tenant, "b1", endless, false, null, TestCloud.Cancellation)
        );

        Assert.Null(await binaries.FindAsync(Tenant, "b1", TestCloud.Cancellation));
        Assert.Equal(100, await CountAsync(cloud, Kinds.BinaryChunk));
        cloud.Time.Advance(BinaryStore.RemainsKept);
        await binaries.SweepAsync(Tenant, TestCloud.Cancellation);
        Assert.Equal(0, await CountAsync(cloud, Kinds.BinaryChunk));
    }

    [Fact]
    public async Task A_commit_of_the_owner_takes_the_binary_with_it_or_leaves_nothing()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var binaries = new BinaryStore(cloud.Store, cloud.Time);
        using var content = new MemoryStream(Bytes(3, 1));

        await Assert.ThrowsAsync<DomainException>(() =>
            binaries.PutAsync(Tenant, "b1", content, false, (_, _) => throw DomainException.NotFound("owner"), TestCloud.Cancellation)
        );

        Assert.Null(await binaries.FindAsync(Tenant, "b1", TestCloud.Cancellation));
        cloud.Time.Advance(BinaryStore.RemainsKept);
        await binaries.SweepAsync(Tenant, TestCloud.Cancellation);
        Assert.Equal(0, await CountAsync(cloud, Kinds.BinaryChunk));
    }

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task<Binary> PutAsync(BinaryStore binaries, byte[] bytes, bool replaces = false)
    {
        using var content = new MemoryStream(bytes);
        return await binaries.PutAsync(Tenant, "b1", content, replaces, null, TestCloud.Cancellation);
    }

    private static async Task<byte[]> ReadAsync(BinaryStore binaries, Binary binary, long from, long count)
    {
        using var read = new MemoryStream();
        await foreach (var piece in binaries.ReadAsync(Tenant, binary, from, count, TestCloud.Cancellation))
        {
            read.Write(piece.Span);
        }

        return read.ToArray();
    }

    private static Task<long> CountAsync(TestCloud cloud, string kind) =>
        cloud.Store.CountAsync(new DocumentQuery(Tenant, kind), TestCloud.Cancellation);
}
