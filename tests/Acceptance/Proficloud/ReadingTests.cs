using System.Net;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Proficloud;

/// <summary>The parameters of /epts/last and /epts/data, right and wrong.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class ReadingTests(SharedCloud shared)
{
    private const string Batch = """[{"timestamp":1595328301000,"a":1,"b":10},{"timestamp":1595328302000,"a":2,"b":20}]""";

    [Fact]
    public async Task Several_devices_and_series_have_an_element_each_in_the_order_asked()
    {
        var (first, second) = (await PublishAsync(), await PublishAsync());

        var elements = JsonNode.Parse(await shared.Reader.DataAsync($"{second.Uuid},{first.Uuid}", "auto~b,auto~none,auto~a"))!.AsArray();

        Assert.Equal(
            [(second.Uuid, "auto~b"), (second.Uuid, "auto~a"), (first.Uuid, "auto~b"), (first.Uuid, "auto~a")],
            elements.Select(element =>
                (Assert.Single(element!.AsObject()).Key, Assert.Single(element!.AsObject().First().Value!.AsObject()).Key)
            )
        );
    }

    [Theory]
    [InlineData("ASC", "1,2")]
    [InlineData("asc", "1,2")]
    [InlineData("DESC", "2,1")]
    public async Task Sort_is_the_order_of_time(string sort, string values)
    {
        var device = await PublishAsync();

        var answer = await shared.Reader.DataAsync(device.Uuid, $"auto~a&sort={sort}");

        var points = JsonNode.Parse(answer)![0]![device.Uuid]!["auto~a"]!.AsArray();
        Assert.Equal(values, string.Join(',', points.Select(point => point!["values"]!["value"])));
    }

    [Theory]
    [InlineData("2020-07-21T10:45:01.000Z", "2020-07-21T10:45:02.000Z")]
    [InlineData("2020-07-21T10:45:01Z", "2020-07-21T10:45:01.999999999Z")]
    [InlineData("2020-07-21T10:45:01", "2020-07-21T10:45:02")]
    [InlineData("2020-07-21T12:45:01%2B02:00", "2020-07-21T06:45:02-0400")]
    [InlineData("2020-07-21T12:45:01+02:00", "2020-07-21T10:45:02Z")]
    [InlineData("20200721T104501Z", "20200721T104502Z")]
    [InlineData("2020-07-21", "2020-07-21T10:45:02Z")]
    [InlineData("2020-07-21%2000:00", "2020-07-21T10:45:02Z")]
    public async Task A_range_is_from_inclusive_to_exclusive_in_any_common_form_of_iso_8601(string from, string to)
    {
        var device = await PublishAsync();

        var answer = await shared.Reader.GetAsync($"/epts/data?uuid={device.Uuid}&timeSeriesName=auto~a&fromDate={from}&toDate={to}");

        Assert.Equal($$$"""[{"{{{device.Uuid}}}":{"auto~a":[{"timestamp":"2020-07-21T10:45:01Z","values":{"value":1}}]}}]""", answer);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsInRlbmFudCI6InQxIn0.")]
    public async Task Without_a_good_token_the_answer_is_401(string? token)
    {
        using var reader = ProficloudClient.WithToken(shared.Cloud.Http, token);

        foreach (
            var path in new[] { "/epts/last?uuid=x", $"/epts/data?uuid={Guid.NewGuid()}&timeSeriesName=auto~a&{ProficloudClient.AllTime}" }
        )
        {
            var (status, body) = await reader.TryGetAsync(path);

            Assert.Equal(HttpStatusCode.Unauthorized, status);
            Assert.NotEmpty((string)JsonNode.Parse(body)!["error"]!);
        }
    }

    [Fact]
    public async Task A_token_that_was_tampered_with_is_refused()
    {
        using var anonymous = ProficloudClient.WithToken(shared.Cloud.Http, null);
        var (_, body) = await anonymous.PostTokenAsync(
            new JsonObject { ["username"] = SharedCloud.Stranger.Name, ["password"] = SharedCloud.Stranger.Password }
        );
        var parts = ((string)JsonNode.Parse(body)!["access_token"]!).Split('.');
        var text = System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]);
        var forged = System.Text.Encoding.UTF8.GetString(text).Replace("t2", "t1", StringComparison.Ordinal);
        var claims = System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(forged));

        using var reader = ProficloudClient.WithToken(shared.Cloud.Http, $"{parts[0]}.{claims}.{parts[2]}");
        var (status, _) = await reader.TryGetAsync($"/epts/last?uuid={Guid.NewGuid()}&timeSeriesName=auto~a");

        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Theory]
    [InlineData("last", "timeSeriesName=auto~a", "uuid")]
    [InlineData("last", "uuid={uuid}", "timeSeriesName")]
    [InlineData("last", "uuid=pump&timeSeriesName=auto~a", "pump")]
    [InlineData("data", "uuid={uuid}&timeSeriesName=auto~a&toDate=2020-07-21T00:00:00Z", "fromDate")]
    [InlineData("data", "uuid={uuid}&timeSeriesName=auto~a&fromDate=2020-07-21T00:00:00Z", "toDate")]
    [InlineData("data", "uuid={uuid}&timeSeriesName=auto~a&fromDate=yesterday&toDate=2020-07-21T00:00:00Z", "yesterday")]
    [InlineData("data", "uuid={uuid}&timeSeriesName=auto~a&fromDate=2020-02-30&toDate=2020-07-21", "2020-02-30")]
    [InlineData("data", "uuid={uuid}&timeSeriesName=auto~a&fromDate=2020-07-20&toDate=2020-07-21&sort=UP", "sort")]
    public async Task Wrong_input_is_400_with_a_message_and_500_for_a_tenant_that_wants_it(string path, string query, string named)
    {
        using var compatible = await ProficloudClient.LogInAsync(shared.Cloud.Http, SharedCloud.Compatible);
        var url = $"/epts/{path}?{query.Replace("{uuid}", shared.CompatibleDevice.Uuid, StringComparison.Ordinal)}";

        var (status, body) = await shared.Reader.TryGetAsync(url);
        var (compatibleStatus, compatibleBody) = await compatible.TryGetAsync(url);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.InternalServerError), (status, compatibleStatus));
        Assert.Contains(named, (string)JsonNode.Parse(body)!["error"]!, StringComparison.Ordinal);
        Assert.Equal(body, compatibleBody);
    }

    [Fact]
    public async Task A_device_of_another_tenant_is_like_one_that_never_was()
    {
        var device = await PublishAsync();

        Assert.Equal("{}", await shared.StrangerReader.LastAsync(device.Uuid, "auto~a"));
        Assert.Equal("[]", await shared.StrangerReader.DataAsync(device.Uuid, "auto~a"));
    }

    private async Task<TestDevice> PublishAsync()
    {
        var device = shared.TakeDevice();
        await DeviceSender.SendOneAsync(shared.Cloud, device, Batch);
        return device;
    }
}
