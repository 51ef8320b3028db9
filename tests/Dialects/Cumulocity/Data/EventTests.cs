using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Data;

public sealed class EventTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_is_given_back_as_it_was_sent()
    {
        await using var server = await DataServer.StartAsync();
        var body = Body(
            server.Device,
            "2020-03-19T13:03:27.845+01:00",
            """,c8y_Position":{"lat":1.50,"a":[1,null]},"x":"y","creationTime":"z"}"""
        );

        var answer = await server.SendAsync("POST", "/event/events", body.Replace("\",c8y", "\",\"c8y"));
        var made = answer.Json.AsObject();
        var id = (string)made["id"]!;

        Assert.Equal((201, $"{server.Url}event/events/{id}"), (answer.Status, answer.Location));
        Assert.Equal(
            """{"id":"ID","self":"URLevent/events/ID","source":{"self":"URLinventory/managedObjects/DEV","id":"DEV","name":"dev, one"},"type":"t","text":"x","time":"2020-03-19T12:03:27.845Z","creationTime":"NOW","lastUpdated":"NOW","c8y_Position":{"lat":1.50,"a":[1,null]},"x":"y"}""",
            made.ToJsonString()
                .Replace((string)made["creationTime"]!, "NOW")
                .Replace(id, "ID")
                .Replace($"{server.Url}", "URL")
                .Replace(server.Device.Id, "DEV")
        );
        Assert.True(JsonNode.DeepEquals(made, (await server.GetAsync($"/event/events/{id}")).Json));
        Assert.NotNull((await server.Cloud.TwinAsync(server.Device)).LastMessage);
    }

    [Fact]
    public async Task Only_the_text_and_fragments_are_changed_and_null_removes()
    {
        await using var server = await DataServer.StartAsync();
        var id = (string)
            (await server.PostAsync("/event/events", Body(server.Device, "2020-01-01", ",\"a\":{\"b\":1,\"c\":2},\"d\":1}")))["id"]!;

        var changed = await server.SendAsync(
            "PUT",
            $"/event/events/{id}",
            """{"id":"ID","text":"new","type":"other","time":"2021-01-01","source":{"id":"1"},"a":{"b":3},"d":null,"c8y_IsBinary":{}}""".Replace(
                "ID",
                id
            )
        );
        var none = await server.SendAsync("PUT", "/event/events/12", "{}");
        var wrong = await server.SendAsync("PUT", $"/event/events/{id}", """{"text":7}""");

        Assert.Equal((200, """t {"text":"new","creationTime":"","lastUpdated":"","a":{"b":3}}"""), (changed.Status, Short(changed.Json)));
        Assert.Equal((404, "Finding event from database failed"), (none.Status, none.Message));
        Assert.Equal((422, "text is a string."), (wrong.Status, wrong.Message));
    }

    [Theory]
    [InlineData("", "4 3 2 1")]
    [InlineData("revert=true", "1 2 3 4")]
    [InlineData("source=DEV", "2 1")]
    [InlineData("source=DEV&withSourceDevices=true", "3 2 1")]
    [InlineData("source=DEV&withSourceAssets=true", "4 2 1")]
    [InlineData("source=DEV&withSourceChildren=true&revert=true", "1 2 3 4")]
    [InlineData("type=even", "4 2")]
    [InlineData("fragmentType=f3", "3")]
    [InlineData("fragmentType=f3&fragmentValue=v3", "3")]
    [InlineData("fragmentType=f3&fragmentValue=v4", "")]
    [InlineData("dateFrom=2020-01-02&dateTo=2020-01-04", "3 2")]
    [InlineData("createdFrom=2000-01-01&createdTo=2001-01-01", "")]
    [InlineData("lastUpdatedFrom=2000-01-01", "4 3 2 1")]
    [InlineData("source=77", "")]
    public async Task Filters_and_order(string query, string expected)
    {
        await using var server = await DataServer.StartAsync();
        var child = await server.Cloud.AddDeviceAsync("child", new NewDevice { Parents = [server.Device.Id] });
        await new Links(server.Cloud.Store, server.Cloud.One.Devices).AddAsync(
            TestCloud.Tenant,
            server.Device.Id,
            Relation.Asset,
            server.Group.Id,
            Cancellation
        );
        DeviceTwin[] sources = [server.Device, server.Device, child, server.Group];
        for (var i = 1; i <= 4; i++)
        {
            var body = Body(sources[i - 1], $"2020-01-0{i}", $",\"f{i}\":\"v{i}\"}}").Replace("\"text\":\"x\"", $"\"text\":\"{i}\"");
            await server.PostAsync("/event/events", body.Replace("\"type\":\"t\"", $"\"type\":\"{(i % 2 == 0 ? "even" : "odd")}\""));
        }

        var answer = await server.GetAsync($"/event/events?withTotalElements=true&pageSize=3&{query.Replace("DEV", server.Device.Id)}");
        var next = await server.GetAsync($"/event/events?pageSize=3&currentPage=2&{query.Replace("DEV", server.Device.Id)}");

        var texts = answer.Json["events"]!.AsArray().Concat(next.Json["events"]!.AsArray()).Select(one => (string)one!["text"]!);
        Assert.Equal(expected, string.Join(' ', texts));
        Assert.Equal(expected.Length == 0 ? 0 : expected.Split(' ').Length, (int)answer.Json["statistics"]!["totalElements"]!);
        Assert.Equal(expected.Split(' ').Length > 3, answer.Json["next"] is not null);
    }

    [Fact]
    public async Task Many_are_deleted_by_source_or_time()
    {
        await using var server = await DataServer.StartAsync();
        foreach (var device in new[] { server.Device, server.Group })
        {
            await server.PostAsync("/event/events", Body(device, "2020-01-01", "}"));
            await server.PostAsync("/event/events", Body(device, "2020-01-02", "}"));
        }

        var refused = await server.SendAsync("DELETE", "/event/events?type=t");
        await server.SendAsync("DELETE", $"/event/events?source={server.Device.Id}&dateTo=2020-01-02");
        var left = (await server.GetAsync("/event/events")).Json["events"]!.AsArray().Count;
        await server.SendAsync("DELETE", "/event/events?createdFrom=2000-01-01&type=t");

        Assert.Equal(422, refused.Status);
        Assert.Equal(3, left);
        Assert.Empty((await server.GetAsync("/event/events")).Json["events"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"source":{"id":"DEV"}}""", "Following mandatory fields should be included: text,time,type")]
    [InlineData(
        """{"source":{"id":""},"text":"x","time":"2020-01-01","type":"t"}""",
        "Following mandatory fields should be included: source"
    )]
    [InlineData(
        """{"source":{"id":"77"},"text":"x","time":"2020-01-01","type":"t"}""",
        "There is no managed object '77' to be the source."
    )]
    [InlineData("""{"source":{"id":"DEV"},"text":1,"time":"2020-01-01","type":"t"}""", "text is a string.")]
    [InlineData(
        """{"source":{"id":"DEV"},"text":"x","time":"soon","type":"t"}""",
        "time is a time in ISO 8601 between the years 1678 and 2261, such as 2020-03-19T12:03:27.845Z."
    )]
    [InlineData("""{"source":{"id":"DEV"},"text":"x","time":"2020-01-01","type":""}""", "type has 1 to 1024 characters.")]
    [InlineData("""{"source":{"id":"DEV"},"text":"x","text":"y"}""", "The body is no well-formed JSON: ")]
    public async Task What_is_missing_or_wrong_is_named(string body, string message)
    {
        await using var server = await DataServer.StartAsync();

        var answer = await server.SendAsync("POST", "/event/events", body.Replace("DEV", server.Device.Id));

        Assert.Equal(422, answer.Status);
        Assert.StartsWith(message, answer.Message);
    }

    [Fact]
    public async Task A_file_comes_as_a_form_in_whichever_order_or_as_it_is()
    {
        await using var server = await DataServer.StartAsync();
        var id = (string)(await server.PostAsync("/event/events", Body(server.Device, "2020-01-01", "}")))["id"]!;
        var path = $"/event/events/{id}/binaries";

        var posted = await SendAsync(
            server,
            HttpMethod.Post,
            path,
            Form("hello", """{"name":"a name","type":"text/x"}""", fileFirst: true)
        );
        var twice = await SendAsync(server, HttpMethod.Post, path, Form("hello", null, true));
        var shown = (await server.GetAsync($"/event/events/{id}")).Json["c8y_IsBinary"]!.ToJsonString();
        var read = await server.GetAsync(path, ("Accept", "*/*"));
        var raw = new ByteArrayContent("bytes"u8.ToArray());
        raw.Headers.ContentType = MediaTypeHeaderValue.Parse("application/octet-stream");
        raw.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = "\"f.bin\"" };
        var put = await SendAsync(server, HttpMethod.Put, path, raw);
        var second = await server.GetAsync(path, ("Accept", "text/plain"));
        var deleted = await server.SendAsync("DELETE", path);
        var gone = await server.SendAsync("DELETE", path);

        Assert.Equal(
            (201, $$$"""{"self":"{{{server.Url}}}event/events/{{{id}}}/binaries","name":"a name","type":"text/x","source":"{{{id}}}"}"""),
            (posted.Status, posted.Text)
        );
        Assert.Equal((409, "Duplicate", "Attachment already exists"), (twice.Status, (string)twice.Json["error"]!, twice.Message));
        Assert.Equal("""{"name":"a name","length":5,"type":"text/x"}""", shown);
        Assert.Equal((200, "hello", "text/x"), (read.Status, read.Text, read.Type));
        Assert.Equal((201, "f.bin"), (put.Status, (string)put.Json["name"]!));
        Assert.Equal((200, "bytes", "application/octet-stream"), (second.Status, second.Text, second.Type));
        Assert.Equal(
            (204, 404, "Not Found", "Attachment not found"),
            (deleted.Status, gone.Status, (string)gone.Json["error"]!, gone.Message)
        );
        Assert.Null((await server.GetAsync($"/event/events/{id}")).Json["c8y_IsBinary"]);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("text/pläin")]
    public async Task A_type_that_is_none_is_kept_and_sent_as_bytes(string type)
    {
        await using var server = await DataServer.StartAsync();
        var id = (string)(await server.PostAsync("/event/events", Body(server.Device, "2020-01-01", "}")))["id"]!;
        var path = $"/event/events/{id}/binaries";

        var form = Form("x", $$"""{"name":"nämé\"","type":"{{type}}"}""", true);
        Assert.Equal(201, (await SendAsync(server, HttpMethod.Post, path, form)).Status);

        Assert.Equal((200, "application/octet-stream"), ((await server.GetAsync(path)).Status, (await server.GetAsync(path)).Type));
        Assert.Equal(type, (string)(await server.GetAsync($"/event/events/{id}")).Json["c8y_IsBinary"]!["type"]!);
    }

    [Fact]
    public async Task A_wrong_form_is_refused()
    {
        await using var server = await DataServer.StartAsync();
        var id = (string)(await server.PostAsync("/event/events", Body(server.Device, "2020-01-01", "}")))["id"]!;
        var path = $"/event/events/{id}/binaries";
        var noFile = new MultipartFormDataContent { { new StringContent("{}"), "object" } };
        var broken = new ByteArrayContent("--b\r\nnonsense"u8.ToArray());
        broken.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        var unbounded = new ByteArrayContent("x"u8.ToArray());
        unbounded.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data");

        Assert.Equal(422, (await SendAsync(server, HttpMethod.Post, path, noFile)).Status);
        Assert.Equal(400, (await SendAsync(server, HttpMethod.Post, path, broken)).Status);
        Assert.Equal(400, (await SendAsync(server, HttpMethod.Post, path, unbounded)).Status);
        Assert.Equal(422, (await SendAsync(server, HttpMethod.Post, path, Form("x", "[]", true))).Status);
        Assert.Equal(422, (await SendAsync(server, HttpMethod.Post, path, Form("x", """{"name":7}""", false))).Status);
        Assert.Equal(404, (await SendAsync(server, HttpMethod.Post, "/event/events/7/binaries", Form("x", null, true))).Status);
        Assert.Equal(404, (await server.GetAsync(path)).Status);
    }

    private static string Body(DeviceTwin source, string time, string end) =>
        $$"""{"source":{"id":"{{source.Id}}"},"type":"t","text":"x","time":"{{time}}"{{end}}""";

    private static string Short(JsonNode document)
    {
        document["creationTime"] = "";
        document["lastUpdated"] = "";
        return DataServer.Short(document);
    }

    private static MultipartFormDataContent Form(string text, string? about, bool fileFirst)
    {
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        file.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        var form = new MultipartFormDataContent();
        if (about is not null && !fileFirst)
        {
            form.Add(new StringContent(about), "object");
        }

        form.Add(file, "file", "hello.txt");
        if (about is not null && fileFirst)
        {
            form.Add(new StringContent(about), "object");
        }

        return form;
    }

    private static async Task<Answer> SendAsync(DataServer server, HttpMethod method, string path, HttpContent content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        return await server.SendAsync(request);
    }
}
