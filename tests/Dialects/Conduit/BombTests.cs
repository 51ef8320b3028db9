using System.IO.Compression;

namespace Serverless.Dialects.Tests.Conduit;

/// <summary>It counts the bytes that the whole process allocates: no other test runs beside it.</summary>
[CollectionDefinition(nameof(BombTests), DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>Little that becomes much.</summary>
[Collection(nameof(BombTests))]
public sealed class BombTests
{
    private const int Gigabyte = 1 << 30;

    [Fact]
    public async Task A_gigabyte_in_a_megabyte_is_413_for_less_than_20_MB_of_memory()
    {
        await using var server = await ConduitServer.StartAsync();
        var bomb = Bomb();
        Assert.InRange(bomb.Length, 500_000, 1_500_000);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var reply = await PostAsync(server, bomb);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 20_000_000);
        Assert.Equal("""413 {"code":"413","error":"Request Too Large: The body has more than 5242880 bytes."}""", reply.ToString());
    }

    private static Task<ConduitReply> PostAsync(ConduitServer server, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        return server.SendAsync("POST", "/conduitv6/", content);
    }

    private static byte[] Bomb()
    {
        using var result = new MemoryStream();
        using (var stream = new GZipStream(result, CompressionLevel.Optimal))
        {
            var zeros = new byte[1 << 20];
            for (var written = 0L; written < Gigabyte; written += zeros.Length)
            {
                stream.Write(zeros);
            }
        }

        return result.ToArray();
    }
}
