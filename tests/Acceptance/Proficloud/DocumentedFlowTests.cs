using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Proficloud;

/// <summary>The Python tutorial of the vendor's documentation, request by request.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class DocumentedFlowTests(SharedCloud shared)
{
    private const string Metrics = "auto~pressure,auto~temperature,auto~watt";

    [Fact]
    public async Task A_token_is_got_by_password_and_renewed_by_refresh_token_and_both_read()
    {
        using var anonymous = ProficloudClient.WithToken(shared.Cloud.Http, null);
        var (status, body) = await anonymous.PostTokenAsync(
            new JsonObject { ["username"] = SharedCloud.Admin.Name, ["password"] = SharedCloud.Admin.Password }
        );
        Assert.Equal(HttpStatusCode.OK, status);
        var first = JsonNode.Parse(body)!;
        Assert.Equal(86400, (int)first["expires_in"]!);
        Assert.Equal(0, (int)first["refresh_expires_in"]!);
        Assert.Equal(3, ((string)first["access_token"]!).Split('.').Length);

        (status, body) = await anonymous.PostTokenAsync(new JsonObject { ["refresh_token"] = (string)first["refresh_token"]! });
        Assert.Equal(HttpStatusCode.OK, status);
        var second = JsonNode.Parse(body)!;

        foreach (var token in new[] { first, second })
        {
            using var reader = ProficloudClient.WithToken(shared.Cloud.Http, (string)token["access_token"]!);
            Assert.Equal("{}", await reader.LastAsync(Guid.NewGuid().ToString(), Metrics));
        }
    }

    [Fact]
    public async Task The_documented_answers_are_given_exactly()
    {
        var device = shared.TakeDevice();
        (int Pressure, int Temperature, int Watt)[] rows = [(10, 50, 800), (0, 35, 300), (10, 45, 800), (100, 55, 1500)];
        await using (var node = await DeviceSender.OpenAsync(shared.Cloud, device))
        {
            foreach (var (index, row) in rows.Index())
            {
                await node.SendAsync(
                    new JsonObject
                    {
                        ["timestamp"] = 1595328301000 + (index * 1000),
                        ["pressure"] = row.Pressure,
                        ["temperature"] = row.Temperature,
                        ["watt"] = row.Watt,
                    }
                );
            }
        }

        var from = "2020-07-21T10:45:00.000Z";
        var to = "2020-07-21T10:45:05.000Z";
        var answer = await shared.Reader.GetAsync($"/epts/data?uuid={device.Uuid}&timeSeriesName={Metrics}&fromDate={from}&toDate={to}");

        var expected = new JsonArray(
            Series(device.Uuid, "auto~pressure", rows.Select(row => row.Pressure)),
            Series(device.Uuid, "auto~temperature", rows.Select(row => row.Temperature)),
            Series(device.Uuid, "auto~watt", rows.Select(row => row.Watt))
        );
        Assert.Equal(expected.ToJsonString(), JsonNode.Parse(answer)!.ToJsonString());
        Assert.Equal(
            $$$"""{"{{{device.Uuid}}}":{"auto~pressure":[{"timestamp":"2020-07-21T10:45:04Z","values":{"value":100}}],"auto~temperature":[{"timestamp":"2020-07-21T10:45:04Z","values":{"value":55}}],"auto~watt":[{"timestamp":"2020-07-21T10:45:04Z","values":{"value":1500}}]}}""",
            await shared.Reader.LastAsync(device.Uuid, Metrics)
        );
    }

    [Theory]
    [InlineData("""{"username":"admin","password":"wrong"}""", 401)]
    [InlineData("""{"username":"nobody","password":"wrong"}""", 401)]
    [InlineData("""{"username":"t2/admin","password":"correct horse battery"}""", 401)]
    [InlineData("""{"refresh_token":"a.b.c"}""", 401)]
    [InlineData("""{"username":"admin"}""", 400)]
    [InlineData("""{"username":1,"password":2}""", 400)]
    [InlineData("""{}""", 400)]
    public async Task A_wrong_login_is_an_error_in_json(string request, int expected)
    {
        using var anonymous = ProficloudClient.WithToken(shared.Cloud.Http, null);

        var (status, body) = await anonymous.PostTokenAsync(JsonNode.Parse(request)!);

        Assert.Equal(expected, (int)status);
        Assert.NotEmpty((string)JsonNode.Parse(body)!["error"]!);
    }

    [Fact]
    public async Task An_access_token_is_no_refresh_token()
    {
        using var anonymous = ProficloudClient.WithToken(shared.Cloud.Http, null);
        var (_, body) = await anonymous.PostTokenAsync(
            new JsonObject { ["username"] = SharedCloud.Admin.Name, ["password"] = SharedCloud.Admin.Password }
        );
        var tokens = JsonNode.Parse(body)!;

        var (status, _) = await anonymous.PostTokenAsync(new JsonObject { ["refresh_token"] = (string)tokens["access_token"]! });
        using var reader = ProficloudClient.WithToken(shared.Cloud.Http, (string)tokens["refresh_token"]!);
        var (read, _) = await reader.TryGetAsync($"/epts/last?uuid={Guid.NewGuid()}&timeSeriesName=auto~a");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (status, read));
    }

    private static JsonObject Series(string uuid, string name, IEnumerable<int> values) =>
        new()
        {
            [uuid] = new JsonObject
            {
                [name] = JsonSerializer.SerializeToNode(
                    values.Select((value, index) => new { timestamp = $"2020-07-21T10:45:0{index + 1}Z", values = new { value } })
                ),
            },
        };
}
