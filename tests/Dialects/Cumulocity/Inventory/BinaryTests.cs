using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Documents;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Inventory;

public class BinaryTests
{
    private const string Binaries = "/inventory/binaries";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_is_kept_with_what_is_said_of_it(bool objectFirst)
    {
        await using var server = await InventoryServer.StartAsync();
        var bytes = Random.Shared.GetItems<byte>([.. Enumerable.Range(0, 256).Select(i => (byte)i)], 1_200_000);

        var (status, made) = await UploadAsync(server, bytes, """{"name":"Hello","type":"text/plain","x_custom":[1]}""", objectFirst);

        Assert.Equal(201, status);
        var id = (string)made!["id"]!;
        Assert.Equal(("text/plain", "text/plain", 1_200_000), ((string)made["type"]!, (string)made["contentType"]!, (int)made["length"]!));
        Assert.Equal(
            ("{}", "Hello", "[1]"),
            (made["c8y_IsBinary"]!.ToJsonString(), (string)made["name"]!, made["x_custom"]!.ToJsonString())
        );
        Assert.EndsWith($"{Binaries}/{id}", (string)made["self"]!);
        Assert.EndsWith($"managedObjects/{id}", (string)(await server.GetAsync($"/inventory/managedObjects/{id}"))["self"]!);
        Assert.Single((await server.GetAsync(Binaries))["managedObjects"]!.AsArray());

        using var whole = await server.SendAsync("GET", $"{Binaries}/{id}", null);
        Assert.Equal(bytes, await whole.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal("text/plain", whole.Content.Headers.ContentType!.ToString());
        using var part = await server.SendAsync("GET", $"{Binaries}/{id}", null, InventoryServer.Admin, ("Range", "bytes=524280-524299"));
        Assert.Equal(206, (int)part.StatusCode);
        Assert.Equal("bytes 524280-524299/1200000", part.Content.Headers.ContentRange!.ToString());
        Assert.Equal(bytes[524280..524300], await part.Content.ReadAsByteArrayAsync(Cancellation));
        using var end = await server.SendAsync("GET", $"{Binaries}/{id}", null, InventoryServer.Admin, ("Range", "bytes=-3"));
        Assert.Equal(bytes[^3..], await end.Content.ReadAsByteArrayAsync(Cancellation));
        using var beyond = await server.SendAsync("GET", $"{Binaries}/{id}", null, InventoryServer.Admin, ("Range", "bytes=1200000-"));
        Assert.Equal(416, (int)beyond.StatusCode);
    }

    [Fact]
    public async Task A_file_is_replaced_and_deleted()
    {
        await using var server = await InventoryServer.StartAsync();
        var (_, made) = await UploadAsync(server, Encoding.UTF8.GetBytes("one"), null, false);
        var id = (string)made!["id"]!;
        Assert.Equal(("application/octet-stream", "file.bin"), ((string)made["type"]!, (string)made["name"]!));

        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes("second"));
        body.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var replaced = await server.SendAsync("PUT", $"{Binaries}/{id}", body);
        var shown = JsonNode.Parse(await replaced.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Equal(
            (201, 6, "text/csv", "file.bin"),
            ((int)replaced.StatusCode, (int)shown["length"]!, (string)shown["type"]!, (string)shown["name"]!)
        );
        using var read = await server.SendAsync("GET", $"{Binaries}/{id}", null);
        Assert.Equal("second", await read.Content.ReadAsStringAsync(Cancellation));

        Assert.Equal(204, (await server.AskAsync("DELETE", $"{Binaries}/{id}")).Status);
        Assert.Equal(404, (await server.AskAsync("GET", $"{Binaries}/{id}")).Status);
        Assert.Equal(404, (await server.AskAsync("PUT", $"{Binaries}/{id}", "x")).Status);
        Assert.Equal(404, (await server.AskAsync("DELETE", $"{Binaries}/{id}")).Status);
        Assert.Equal(0, await server.Cloud.Store.CountAsync(new DocumentQuery(TestCloud.Tenant, Kinds.Binary), Cancellation));
    }

    [Fact]
    public async Task A_body_may_be_the_file_itself()
    {
        await using var server = await InventoryServer.StartAsync();
        using var content = new ByteArrayContent([1, 2, 3]);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = "a.png" };

        using var response = await server.SendAsync("POST", Binaries, content);
        var made = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;

        Assert.Equal(
            (201, "image/png", 3, "a.png"),
            ((int)response.StatusCode, (string)made["type"]!, (int)made["length"]!, (string)made["name"]!)
        );
        var plain = await server.CreateAsync("""{"name":"no file"}""");
        Assert.Equal(404, (await server.AskAsync("GET", $"{Binaries}/{plain}")).Status);
    }

    [Theory]
    [InlineData("multipart/form-data", "x", 400)]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nabc", 400)]
    [InlineData(
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\n{\"name\":\"x\"}\r\n--b--\r\n",
        400
    )]
    [InlineData("multipart/form-data; boundary=b", "", 400)]
    [InlineData(
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\n{no\r\n--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc\r\n--b--\r\n",
        422
    )]
    [InlineData(
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc\r\n--b\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\n{\"name\":7}\r\n--b--\r\n",
        422
    )]
    public async Task A_wrong_form_leaves_nothing(string type, string body, int expected)
    {
        await using var server = await InventoryServer.StartAsync();

        var (status, error) = await server.AskAsync("POST", Binaries, body, type);

        Assert.True(status == expected, $"{status} {error?.ToJsonString()}");
        Assert.NotNull(error!["message"]);
        Assert.Equal(0, await server.Cloud.Store.CountAsync(new DocumentQuery(TestCloud.Tenant, Kinds.Device), Cancellation));
        Assert.Equal(0, await server.Cloud.Store.CountAsync(new DocumentQuery(TestCloud.Tenant, Kinds.Binary), Cancellation));
    }

    private static async Task<(int Status, JsonNode? Body)> UploadAsync(
        InventoryServer server,
        byte[] bytes,
        string? described,
        bool objectFirst
    )
    {
        using var form = new MultipartFormDataContent();
        var file = new ByteArrayContent(bytes);
        if (described is not null && objectFirst)
        {
            form.Add(new StringContent(described), "object");
        }

        form.Add(file, "file", "file.bin");
        if (described is not null && !objectFirst)
        {
            form.Add(new StringContent(described), "object");
        }

        using var response = await server.SendAsync("POST", Binaries, form);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation)));
    }
}
