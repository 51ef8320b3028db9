using System.IO.Compression;
using System.Text;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Influx;

/// <summary>The answers are the real server's.</summary>
public sealed class WriteTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n\n")]
    [InlineData("m v=1 1")]
    [InlineData("m v=1 1\nm,h=a v=2\n")]
    public async Task What_can_be_stored_is(string lines)
    {
        await using var server = await InfluxServer.StartAsync();

        Assert.Equal("204", await server.WriteAsync(lines));
    }

    [Theory]
    [InlineData("a b", "unable to parse 'a b': invalid field format")]
    [InlineData(
        "ok v=1 1\na b\nc d",
        "partial write: unable to parse 'a b': invalid field format\\nunable to parse 'c d': invalid field format dropped=0"
    )]
    [InlineData("ok,time=x v=1 1", "partial write: invalid tag key: input tag \\\"time\\\" on measurement \\\"ok\\\" is invalid dropped=1")]
    [InlineData(
        "ok time=1 1\nok v=3 3",
        "partial write: invalid field name: input field \\\"time\\\" on measurement \\\"ok\\\" is invalid dropped=1"
    )]
    [InlineData(
        "m v=1i 1",
        "partial write: field type conflict: input field \\\"v\\\" on measurement \\\"m\\\" is type integer, already exists as type float dropped=1"
    )]
    [InlineData(
        "m v=true 1\na b",
        "partial write: field type conflict: input field \\\"v\\\" on measurement \\\"m\\\" is type boolean, already exists as type float dropped=1"
    )]
    [InlineData(
        "m time=1 1\nm v=2i 3\nm w=1 3",
        "partial write: invalid field name: input field \\\"time\\\" on measurement \\\"m\\\" is invalid dropped=2"
    )]
    [InlineData(
        "m time=1 1\nm,time=x v=1 1",
        "partial write: invalid tag key: input tag \\\"time\\\" on measurement \\\"m\\\" is invalid dropped=2"
    )]
    [InlineData(
        "n v=1,v=1i 1\nn w=1 1",
        "partial write: field type conflict: input field \\\"v\\\" on measurement \\\"n\\\" is type integer, already exists as type float dropped=1"
    )]
    [InlineData(
        "n v=1 1\nn v=1i 1",
        "partial write: field type conflict: input field \\\"v\\\" on measurement \\\"n\\\" is type integer, already exists as type float dropped=1"
    )]
    [InlineData(
        "n,h=a v=1 1\nn,h=b v=\\\"x\\\" 1",
        "partial write: field type conflict: input field \\\"v\\\" on measurement \\\"n\\\" is type string, already exists as type float dropped=1"
    )]
    [InlineData("m v=1u 1", "unable to parse 'm v=1u 1': invalid number")]
    public async Task What_cannot_is_said(string lines, string error)
    {
        await using var server = await InfluxServer.StartAsync();
        await server.WriteAsync("m v=1 1");

        Assert.Equal($$"""400 {"error":"{{error}}"}""", await server.WriteAsync(lines.Replace("\\\"", "\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_line_stands_or_falls_with_all_of_its_fields()
    {
        await using var server = await InfluxServer.StartAsync();
        await server.WriteAsync("m v=1 1");

        await server.WriteAsync("m v=2i,z=1 2\nm w=1 2\nm v=3 3");

        Assert.Equal(["v:float", "w:float"], await FieldsAsync(server, "d", "m"));
    }

    [Fact]
    public async Task Of_writes_at_once_with_a_type_each_for_a_new_field_one_stands()
    {
        await using var server = await InfluxServer.StartAsync();
        for (var round = 0; round < 40; round++)
        {
            string[] values = ["1", "1i", "t", "\"x\""];
            var answers = await Task.WhenAll(values.Select((value, i) => server.WriteAsync($"m{round} v={value} {i + 1}")));

            Assert.Single(answers, "204");
            Assert.Single(await FieldsAsync(server, "d", $"m{round}"));
        }
    }

    [Fact]
    public async Task A_field_that_was_deleted_may_come_back_with_another_type()
    {
        await using var server = await InfluxServer.StartAsync();
        await server.WriteAsync("m v=1 1");
        await server.Cloud.Series.DeleteAsync(TestCloud.Tenant, "d", default, long.MinValue, long.MaxValue, Cancellation);

        Assert.Equal("204", await server.WriteAsync("m v=1i 1"));
        Assert.Equal(["v:integer"], await FieldsAsync(server, "d", "m"));
    }

    [Theory]
    [InlineData("db=nope", "404 {\"error\":\"database not found: \\\"nope\\\"\"}")]
    [InlineData("db=d&rp=nope", "500 {\"error\":\"retention policy not found: nope\"}")]
    [InlineData("db=d&consistency=bad", "400 {\"error\":\"invalid consistency level\"}")]
    [InlineData("db=d&consistency=ONE", "204")]
    [InlineData("db=d&rp=&precision=", "204")]
    [InlineData("", "204")]
    public async Task Parameters(string parameters, string answer)
    {
        await using var server = await InfluxServer.StartAsync();

        Assert.Equal(answer, await server.WriteAsync("m v=1", parameters));
    }

    [Theory]
    [InlineData("h", 7_200_000_000_000)]
    [InlineData("s", 2_000_000_000)]
    [InlineData("ms", 2_000_000)]
    [InlineData("u", 2_000)]
    [InlineData("n", 2)]
    public async Task Precisions(string precision, long time)
    {
        await using var server = await InfluxServer.StartAsync();

        await server.WriteAsync("m v=1 2", $"db=d&precision={precision}");

        var last = await server.Cloud.Series.LastAsync(TestCloud.Tenant, "d", "m", TagSet.Empty, "v", Cancellation);
        Assert.Equal(time, last!.Value.Time);
    }

    [Fact]
    public async Task Points_beyond_the_policy_are_refused_and_the_others_stored()
    {
        await using var server = await InfluxServer.StartAsync();
        var policy = new NewRetentionPolicy("short", 3_600_000_000_000);
        await server.Cloud.One.Databases.CreatePolicyAsync(TestCloud.Tenant, "d", policy, false, Cancellation);

        Assert.Equal(
            """400 {"error":"partial write: points beyond retention policy dropped=1"}""",
            await server.WriteAsync("m v=1 1\nm v=2", "db=d&rp=short")
        );
        Assert.Equal(["v:float"], await FieldsAsync(server, "d/short", "m"));
        Assert.Empty(await FieldsAsync(server, "d", "m"));
    }

    [Theory]
    [InlineData(0, "204")]
    [InlineData(1, "400 {\"error\":\"gzip: invalid header\"}")]
    [InlineData(2, "400 {\"error\":\"unexpected EOF\"}")]
    [InlineData(3, "400 {\"error\":\"EOF\"}")]
    public async Task Gzip(int kind, string answer)
    {
        await using var server = await InfluxServer.StartAsync();
        var body = Compress("m v=1 1");
        body = kind switch
        {
            1 => "abcdefghijkl"u8.ToArray(),
            2 => body[..^9],
            3 => [],
            _ => body,
        };
        using var content = new ByteArrayContent(body);
        content.Headers.ContentEncoding.Add("gzip");

        Assert.Equal(answer, await server.SendAsync("POST", "/write?db=d", content));
    }

    [Fact]
    public async Task Bodies_are_bounded_compressed_or_not()
    {
        await using var server = await InfluxServer.StartAsync();
        var large = new string('#', 25_000_001);
        using var bomb = new ByteArrayContent(Compress(large));
        bomb.Headers.ContentEncoding.Add("gzip");

        Assert.Equal("""413 {"error":"Request Entity Too Large"}""", await server.WriteAsync(large));
        Assert.Equal("""413 {"error":"Request Entity Too Large"}""", await server.SendAsync("POST", "/write?db=d", bomb));
    }

    [Fact]
    public async Task A_reader_may_not_write()
    {
        await using var server = await InfluxServer.StartAsync();
        await server.AddUserAsync("bob", Roles.Reader);
        server.Client.DefaultRequestHeaders.Authorization = null;

        Assert.Equal(
            """403 {"error":"\"bob\" user is not authorized to write to database \"d\""}""",
            await server.WriteAsync("m v=1", "db=d&u=bob&p=secret")
        );
    }

    [Fact]
    public async Task A_point_of_a_device_updates_it_as_telemetry_does()
    {
        await using var server = await InfluxServer.StartAsync();
        var device = await server.Cloud.AddDeviceAsync("pump");
        await server.Cloud.One.Listeners.ListenAsync(TestCloud.Tenant, "me", TelemetryPipeline.ChangeKind, device.Id, Cancellation);

        Assert.Equal("204", await server.WriteAsync($"temp,uuid={device.Uuid},room=7 value=21.5,max=30i 1600000000000000000", "db=iot"));

        var twin = await server.Cloud.TwinAsync(device);
        Assert.Equal(server.Cloud.Time.GetUtcNow(), twin.LastMessage);
        Assert.Equal([(1, "temp", "value"), (2, "temp", "max")], twin.Channels.Select(Named));
        var tags = TagSet.Of(KeyValuePair.Create("uuid", device.Uuid.ToString()), KeyValuePair.Create("room", "7"));
        var series = await server.Cloud.Series.FindSeriesAsync(TestCloud.Tenant, Tenant.DeviceDatabase, "temp", null, Cancellation);
        Assert.Equal(tags, Assert.Single(series).Tags);
        var changes = await server.Cloud.One.Changes.ReadAsync(TestCloud.Tenant, 0, 100, Cancellation);
        var told = Assert.Single(changes, change => change.Kind == TelemetryPipeline.ChangeKind);
        Assert.Equal("""{"temp":{"value":21.5,"max":30}}""", told.Body["values"]!.ToJsonString());
    }

    [Theory]
    [InlineData("uuid=355f6856-e9a4-469f-8f22-3f8b037d064a")]
    [InlineData("uuid=something")]
    [InlineData("host=a")]
    public async Task Points_of_no_device_are_plain_series(string tag)
    {
        await using var server = await InfluxServer.StartAsync();

        Assert.Equal("204", await server.WriteAsync($"temp,{tag} value=21.5 1", "db=iot"));
        Assert.Equal(["value:float"], await FieldsAsync(server, "iot", "temp"));
    }

    private static (int, string, string) Named(Channel channel) => (channel.Number, channel.Measurement, channel.Field);

    private static async Task<IReadOnlyList<string>> FieldsAsync(InfluxServer server, string partition, string measurement)
    {
        var series = await server.Cloud.Series.FindSeriesAsync(TestCloud.Tenant, partition, measurement, null, Cancellation);
        return
        [
            .. series.SelectMany(one => one.Fields).Select(field => $"{field.Name}:{field.Type.ToString().ToLowerInvariant()}").Distinct(),
        ];
    }

    private static byte[] Compress(string text)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return target.ToArray();
    }
}
