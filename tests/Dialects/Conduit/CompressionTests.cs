using System.IO.Compression;
using System.Text;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;

namespace Serverless.Dialects.Tests.Conduit;

/// <summary>Bodies and answers that are compressed by gzip, and their bounds.</summary>
public sealed class CompressionTests
{
    private const string Done = """200 {"code":200,"error":"Completed successfully"}""";
    private const long Now = 1_772_366_400;
    private const int Limit = 5 * 1024 * 1024;

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("x-gzip")]
    public async Task A_compressed_body_is_read(string coding)
    {
        await using var server = await ConduitServer.StartAsync();
        var body = Compress("""{"id":"A1","ch":1,"value":1}""");
        Assert.Equal(Done, (await PostAsync(server, body, coding)).ToString());
        Assert.Equal("0:1", await server.Cloud.PointsAsync(await server.TwinAsync("A1"), "channel1"));
    }

    [Fact]
    public async Task A_body_of_several_members_is_one()
    {
        await using var server = await ConduitServer.StartAsync();
        byte[] body = [.. Compress("""{"id":"A1","ch":1,"""), .. Compress(""), .. Compress("\"value\":1}")];
        Assert.Equal(Done, (await PostAsync(server, body)).ToString());
    }

    [Theory]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    public async Task Another_coding_is_400(string coding)
    {
        await using var server = await ConduitServer.StartAsync();
        Assert.Equal(
            """400 {"code":"400","error":"Bad Request: Content-Encoding is gzip, or left out."}""",
            (await PostAsync(server, Compress("{}"), coding)).ToString()
        );
    }

    [Fact]
    public async Task A_body_that_is_not_what_it_says_is_400()
    {
        await using var server = await ConduitServer.StartAsync();
        var whole = Compress("""{"id":"A1","ch":1,"value":1}""");
        byte[][] bodies = [Encoding.UTF8.GetBytes("""{"id":"A1","ch":1,"value":1}"""), whole[..^12], [], [0x1f, 0x8b]];
        foreach (var body in bodies)
        {
            var reply = await PostAsync(server, body);
            Assert.True(reply.Status == 400, reply.ToString());
        }

        whole[15] ^= 0xff;
        Assert.Equal(400, (await PostAsync(server, whole)).Status);
    }

    [Theory]
    [InlineData(Limit, 200)]
    [InlineData(Limit + 1, 413)]
    public async Task The_limit_is_5_MB_before_compression(int length, int status)
    {
        await using var server = await ConduitServer.StartAsync();
        var body = """{"id":"A1","ch":1,"value":1}""".PadRight(length);
        Assert.Equal(status, (await PostAsync(server, Compress(body))).Status);
        var plain = await server.PostAsync("/conduitv6", body);
        Assert.Equal(status, plain.Status);
        if (status == 413)
        {
            Assert.Equal($$"""413 {"code":"413","error":"Request Too Large: The body has more than {{Limit}} bytes."}""", plain.ToString());
        }
    }

    [Fact]
    public async Task A_stream_of_empty_members_ends_at_the_limit()
    {
        await using var server = await ConduitServer.StartAsync();
        var empty = Compress("");
        var members = Enumerable.Repeat(empty, (Limit / empty.Length) + 1).SelectMany(bytes => bytes).ToArray();
        Assert.Equal(413, (await PostAsync(server, members)).Status);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("deflate, gzip;q=0.5", true)]
    [InlineData("*", true)]
    [InlineData("x-gzip", true)]
    [InlineData("identity;q=0.5, gzip;q=0.5", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip;q=0, *", false)]
    [InlineData("gzip;q=0.1, identity;q=0.9", false)]
    [InlineData("br", false)]
    [InlineData("", false)]
    public async Task An_answer_of_more_than_1024_bytes_is_compressed_for_whoever_takes_it(string accepted, bool compressed)
    {
        await using var server = await ConduitServer.StartAsync();
        await FillAsync(server, 3);
        var plain = await server.GetAsync("/conduitv6");
        Assert.True(plain.Body.Length > 1024);
        var reply = await GetAsync(server, "/conduitv6", accepted);
        Assert.Equal((compressed, "Accept-Encoding"), (reply.Coded, reply.Vary));
        Assert.Equal(plain.Body, reply.Text);
    }

    [Fact]
    public async Task A_short_answer_is_not_compressed()
    {
        await using var server = await ConduitServer.StartAsync();
        await FillAsync(server, 1);
        var reply = await GetAsync(server, "/conduitv6", "gzip");
        Assert.Equal((false, "Accept-Encoding"), (reply.Coded, reply.Vary));
    }

    private static async Task FillAsync(ConduitServer server, int count)
    {
        var device = await server.AddAsync("A1", new Channel(1, "a", "value"));
        for (var i = 0; i < count; i++)
        {
            await server.WriteAsync(device, "a", Now - 10 + i, FieldValue.Of((double)i));
        }
    }

    private static async Task<(bool Coded, string Vary, string Text)> GetAsync(ConduitServer server, string path, string accepted)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Api-Key", ConduitServer.Token);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        using var response = await server.Client.SendAsync(request, ConduitServer.Cancellation);
        var coded = response.Content.Headers.ContentEncoding.SingleOrDefault() == "gzip";
        await using var stream = await response.Content.ReadAsStreamAsync(ConduitServer.Cancellation);
        using var reader = new StreamReader(coded ? new GZipStream(stream, CompressionMode.Decompress) : stream);
        return (coded, response.Headers.Vary.Single(), await reader.ReadToEndAsync(ConduitServer.Cancellation));
    }

    private static Task<ConduitReply> PostAsync(ConduitServer server, byte[] body, string coding = "gzip")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        return server.SendAsync("POST", "/conduitv6/", content);
    }

    private static byte[] Compress(string text)
    {
        using var result = new MemoryStream();
        using (var stream = new GZipStream(result, CompressionLevel.Fastest))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        // .NET writes nothing at all for nothing.
        return result.ToArray() is { Length: > 0 } bytes ? bytes : [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }
}
