using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Control;

public sealed class AlarmTests : IAsyncLifetime
{
    private const string Path = "/alarm/alarms";

    private ControlServer server = null!;
    private DeviceTwin device = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await ControlServer.StartAsync();
        device = await server.AddAgentAsync("My tracking device");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task An_alarm_is_made_and_read_back_with_its_own_members()
    {
        var made = (await RaiseAsync("c8y_Hot", ",\"c8y_Detail\":{\"big\":12345678901234567890.10,\"list\":[1,null]},\"note\":\"x\""))!;

        var root = server.Http.BaseAddress!.ToString().TrimEnd('/');
        var id = (string)made["id"]!;
        Assert.Equal(
            $$"""
            {"id":"{{id}}","self":"{{root}}/alarm/alarms/{{id}}","source":{"id":"{{device.Id}}","self":"{{root}}/inventory/managedObjects/{{device.Id}}","name":"My tracking device"},"type":"c8y_Hot","text":"It is hot.","severity":"MAJOR","status":"ACTIVE","time":"2020-03-19T12:03:27.845Z","creationTime":"2026-03-01T12:00:00.000Z","lastUpdated":"2026-03-01T12:00:00.000Z","count":1,"history":{"auditRecords":[],"self":"{{root}}/audit/auditRecords?source={{id}}"},"c8y_Detail":{"big":12345678901234567890.10,"list":[1,null]},"note":"x"}
            """,
            made.ToJsonString()
        );
        Assert.Equal(made.ToJsonString(), (await server.GetAsync($"{Path}/{id}"))!.ToJsonString());
        Assert.Equal(made.ToJsonString(), (await server.GetAsync(Path))!["alarms"]![0]!.ToJsonString());
    }

    [Fact]
    public async Task A_slash_too_many_in_a_path_changes_nothing()
    {
        var made = (await RaiseAsync("c8y_Hot"))!;

        Assert.Equal(made.ToJsonString(), (await server.GetAsync($"{Path}//{made["id"]}"))!.ToJsonString());
        await server.DoAsync(200, "PUT", $"/alarm//alarms//{made["id"]}/", """{"status":"CLEARED"}""");
    }

    [Fact]
    public async Task An_open_alarm_of_the_type_counts_up_and_nothing_else_of_it_changes()
    {
        var first = (await RaiseAsync("c8y_Hot"))!;
        await server.DoAsync(200, "PUT", $"{Path}/{first["id"]}", """{"status":"ACKNOWLEDGED"}""");

        var again = (
            await server.DoAsync(
                201,
                "POST",
                Path,
                Body("c8y_Hot", "CRITICAL", ",\"more\":1")
                    .Replace("2020-03-19T12:03:27.845", "2021-01-02T03:04:05", StringComparison.Ordinal)
            )
        )!;

        Assert.Equal(
            ((string)first["id"]!, 2, "2021-01-02T03:04:05.000Z", "2020-03-19T12:03:27.845Z"),
            ((string)again["id"]!, (int)again["count"]!, (string)again["time"]!, (string)again["firstOccurrenceTime"]!)
        );
        Assert.Equal(("ACKNOWLEDGED", "MAJOR", null), ((string)again["status"]!, (string)again["severity"]!, again["more"]));

        await server.DoAsync(200, "PUT", $"{Path}/{first["id"]}", """{"status":"CLEARED"}""");
        Assert.NotEqual((string)first["id"]!, (string)(await RaiseAsync("c8y_Hot"))!["id"]!);
        Assert.Equal(1, (int)(await server.GetAsync($"{Path}/count?resolved=true"))!);
        Assert.Equal(1, (int)(await server.GetAsync($"{Path}/count?resolved=false"))!);
    }

    [Fact]
    public async Task The_device_knows_how_many_open_alarms_it_has()
    {
        Assert.Null((await TwinAsync()).Fragments["c8y_ActiveAlarmsStatus"]);
        var hot = (await RaiseAsync("hot"))!;
        await RaiseAsync("hot");
        await RaiseAsync("cold");
        Assert.Equal("""{"critical":0,"major":2,"minor":0,"warning":0}""", await CountsAsync());

        await server.DoAsync(200, "PUT", $"{Path}/{hot["id"]}", """{"severity":"critical"}""");
        Assert.Equal("""{"critical":1,"major":1,"minor":0,"warning":0}""", await CountsAsync());

        await server.DoAsync(200, "PUT", $"{Path}?source={device.Id}&severity=MAJOR", """{"status":"CLEARED"}""");
        Assert.Equal("""{"critical":1,"major":0,"minor":0,"warning":0}""", await CountsAsync());

        await server.DoAsync(204, "DELETE", $"{Path}?source={device.Id}");
        Assert.Equal("""{"critical":0,"major":0,"minor":0,"warning":0}""", await CountsAsync());
        Assert.Equal(0, (int)(await server.GetAsync($"{Path}/count"))!);
    }

    [Fact]
    public async Task Fifty_alarms_of_one_type_at_one_moment_are_one_that_counts_fifty()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RaiseAsync("hot")));

        var alarm = Assert.Single((await server.GetAsync(Path))!["alarms"]!.AsArray())!;
        Assert.Equal(50, (int)alarm["count"]!);
        Assert.Equal("""{"critical":0,"major":1,"minor":0,"warning":0}""", await CountsAsync());
    }

    [Theory]
    [InlineData("status=ACTIVE", "c,a")]
    [InlineData("status=ACTIVE%2CACKNOWLEDGED", "c,b,a")]
    [InlineData("status=CLEARED", "d")]
    [InlineData("resolved=false", "c,b,a")]
    [InlineData("resolved=true&status=ACTIVE", "d")]
    [InlineData("severity=MAJOR,critical", "d,c,b")]
    [InlineData("severity=WARNING", "a")]
    [InlineData("type=a,d", "d,a")]
    [InlineData("dateFrom=2020-03-02", "d,c,b")]
    [InlineData("dateFrom=2020-03-02&dateTo=2020-03-04T00:00:00%2B00:00", "c,b")]
    [InlineData("createdFrom=2026-03-01T12:00:01Z&createdTo=2026-03-01T12:00:03Z", "c,b")]
    [InlineData("lastUpdatedFrom=2026-03-01T13:00:00Z", "d,b")]
    [InlineData("pageSize=2", "d,c")]
    [InlineData("pageSize=2&currentPage=2", "b,a")]
    [InlineData("pageSize=2&currentPage=3", "")]
    [InlineData("source=1", "")]
    public async Task Alarms_are_listed_by_filters_newest_first(string query, string types)
    {
        await SeedAsync();

        var listed = (await server.GetAsync($"{Path}?{query}"))!["alarms"]!.AsArray().Select(alarm => (string)alarm!["type"]!);

        Assert.Equal(types, string.Join(',', listed));
    }

    [Fact]
    public async Task Pages_have_links_and_totals()
    {
        await SeedAsync();

        var page = (
            await server.GetAsync($"{Path}?source={device.Id}&pageSize=2&currentPage=1&withTotalPages=true&withTotalElements=true")
        )!;

        Assert.EndsWith(
            $"{Path}?source={device.Id}&withTotalPages=true&withTotalElements=true&pageSize=2&currentPage=2",
            (string)page["next"]!
        );
        Assert.Null(page["prev"]);
        Assert.Equal("""{"totalPages":2,"pageSize":2,"currentPage":1,"totalElements":4}""", page["statistics"]!.ToJsonString());
    }

    [Fact]
    public async Task Alarms_of_what_is_below_a_source_are_found_with_it()
    {
        var child = await server.AddAgentAsync("child", parents: [device.Id]);
        await RaiseAsync("own");
        await server.DoAsync(201, "POST", Path, Body("below").Replace(device.Id, child.Id, StringComparison.Ordinal));

        Assert.Equal(1, (int)(await server.GetAsync($"{Path}/count?source={device.Id}"))!);
        Assert.Equal(2, (int)(await server.GetAsync($"{Path}/count?source={device.Id}&withSourceDevices=true"))!);
        Assert.Equal(1, (int)(await server.GetAsync($"{Path}/count?source={device.Id}&withSourceAssets=true"))!);
        Assert.Equal(2, (int)(await server.GetAsync($"{Path}/count?source={device.Id}&withSourceChildren=true"))!);
    }

    [Fact]
    public async Task An_alarm_is_changed_and_null_removes_a_member()
    {
        var made = (await RaiseAsync("hot", ",\"a\":1,\"b\":{\"x\":1}"))!;

        var changed = (
            await server.DoAsync(
                200,
                "PUT",
                $"{Path}/{made["id"]}",
                $$"""{"id":"{{made["id"]}}","text":"New","status":"acknowledged","a":null,"b":{"y":2},"type":"hot"}"""
            )
        )!;

        Assert.Equal(("New", "ACKNOWLEDGED", null), ((string)changed["text"]!, (string)changed["status"]!, changed["a"]));
        Assert.Equal("""{"y":2}""", changed["b"]!.ToJsonString());
    }

    [Fact]
    public async Task Upsert_makes_or_changes_and_shows_what_was()
    {
        var body = $$"""{"source":{"id":"{{device.Id}}"},"type":"hot","severity":"MINOR"}""";
        var made = (await server.DoAsync(201, "POST", $"{Path}/upsert", body))!;
        Assert.Null(made["previousState"]);
        Assert.Equal(("MINOR", "ACTIVE", ""), Of(made["alarm"]!));

        var changed = (
            await server.DoAsync(
                200,
                "POST",
                $"{Path}/upsert?incrementCount=true",
                body.Replace("MINOR", "MAJOR", StringComparison.Ordinal)
            )
        )!;
        Assert.Equal(("MINOR", "ACTIVE", ""), Of(changed["previousState"]!));
        Assert.Equal(("MAJOR", 2), ((string)changed["alarm"]!["severity"]!, (int)changed["alarm"]!["count"]!));

        static (string, string, string) Of(JsonNode alarm) =>
            ((string)alarm["severity"]!, (string)alarm["status"]!, (string)alarm["text"]!);
    }

    [Fact]
    public async Task A_device_in_maintenance_raises_none()
    {
        await server.One.Service.UpdateAsync(
            TestCloud.Tenant,
            device.Id,
            twin =>
                twin with
                {
                    Fragments = new JsonObject { ["c8y_RequiredAvailability"] = new JsonObject { ["responseInterval"] = -5 } },
                },
            null,
            Cancellation
        );

        var answer = (await RaiseAsync("hot"))!;

        Assert.EndsWith("/alarm/alarms/null", (string)answer["self"]!);
        Assert.Null(answer["id"]);
        Assert.Equal(0, (int)(await server.GetAsync($"{Path}/count"))!);
    }

    [Theory]
    [InlineData("CRITICAL|temperature too high", "CRITICAL", "temperature too high")]
    [InlineData("minor|", "MINOR", "It is hot.")]
    [InlineData("|Only a text", "MAJOR", "Only a text")]
    [InlineData("NONE", null, null)]
    public async Task The_tenants_mapping_of_a_type_is_applied(string option, string? severity, string? text)
    {
        await server.Cloud.Store.CommitAsync(
            TestCloud.Tenant,
            [
                new(
                    Domain.Documents.WriteMode.Create,
                    Domain.Documents.Kinds.TenantOption,
                    "alarm.type.mapping!hot",
                    System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["value"] = option }.ToJsonString())
                ),
            ],
            Cancellation
        );

        var made = (await RaiseAsync("hot"))!;

        Assert.Equal(severity is null, made["id"] is null);
        if (severity is not null)
        {
            Assert.Equal((severity, text), ((string)made["severity"]!, (string)made["text"]!));
        }
    }

    [Fact]
    public async Task A_device_raises_and_sees_its_own_alarms_only()
    {
        await server.AddDeviceUserAsync("device_1");
        var own = await server.AddAgentAsync("own", owner: "device_1");
        var child = await server.AddAgentAsync("child", parents: [own.Id]);
        await RaiseAsync("other");

        await server.DoAsync(201, "POST", Path, Body("mine").Replace(device.Id, own.Id, StringComparison.Ordinal), "device_1");
        await server.DoAsync(201, "POST", Path, Body("below").Replace(device.Id, child.Id, StringComparison.Ordinal), "device_1");

        Assert.Equal((403, "security/Forbidden", "Access is denied."), await server.RefusedAsync("POST", Path, Body("x"), "device_1"));
        var seen = (await server.GetAsync(Path, "device_1"))!["alarms"]!.AsArray().Select(alarm => (string)alarm!["type"]!);
        Assert.Equal(["below", "mine"], seen.Order());
        Assert.Equal(403, (await server.RefusedAsync("GET", $"{Path}?source={device.Id}", null, "device_1")).Status);
    }

    [Fact]
    public async Task Processing_modes_say_what_is_stored_and_told()
    {
        var start = await server.One.Changes.GetLastAsync(TestCloud.Tenant, Cancellation);
        foreach (var (mode, stored, told) in new[] { ("TRANSIENT", 0, 1), ("CEP", 0, 1), ("QUIESCENT", 1, 1), ("PERSISTENT", 2, 2) })
        {
            var (status, _, _) = await server.AskAsync("POST", Path, Body(mode), "user", ("X-Cumulocity-Processing-Mode", mode));
            Assert.Equal(201, status);
            Assert.Equal(stored, (int)(await server.GetAsync($"{Path}/count"))!);
            var changes = await server.One.Changes.ReadAsync(TestCloud.Tenant, start, 100, Cancellation);
            Assert.Equal(told, changes.Count(change => change.Kind == "alarms"));
        }
    }

    [Theory]
    [InlineData("{}", "undefined/validationError", "Following mandatory fields should be included: severity,source,text,time,type")]
    [InlineData(
        """{"source":{"id":"ID"},"type":"t"}""",
        "undefined/validationError",
        "Following mandatory fields should be included: severity,text,time"
    )]
    [InlineData(
        """{"source":{"id":"1"},"type":"t","text":"","severity":"MAJOR","time":"2020-01-01T00:00:00Z"}""",
        "alarm/Invalid Data",
        "There is no managed object '1' to be the source."
    )]
    [InlineData(
        """{"source":"ID","type":"t","text":"","severity":"MAJOR","time":"2020-01-01T00:00:00Z"}""",
        "alarm/Invalid Data",
        "source is an object with the member id, such as {\"id\":\"251982\"}."
    )]
    [InlineData(
        """{"source":{"id":"ID"},"type":"t","text":"","severity":"BAD","time":"2020-01-01T00:00:00Z"}""",
        "alarm/Invalid Data",
        "severity is one of CRITICAL, MAJOR, MINOR, WARNING."
    )]
    [InlineData(
        """{"source":{"id":"ID"},"type":"t","text":"","severity":"MAJOR","status":"0","time":"2020-01-01T00:00:00Z"}""",
        "alarm/Invalid Data",
        "status is one of ACTIVE, ACKNOWLEDGED, CLEARED."
    )]
    [InlineData(
        """{"source":{"id":"ID"},"type":"t","text":"","severity":"MAJOR","time":"now"}""",
        "alarm/Invalid Data",
        "time is a time such as 2020-03-19T12:03:27.845Z."
    )]
    [InlineData(
        """{"source":{"id":"ID"},"type":"t","text":7,"severity":"MAJOR","time":"2020-01-01"}""",
        "alarm/Invalid Data",
        "text is a text."
    )]
    public async Task Wrong_alarms_are_refused_with_a_reason(string body, string error, string message)
    {
        var sent = body.Replace("ID", device.Id, StringComparison.Ordinal);
        Assert.Equal((422, error, message), await server.RefusedAsync("POST", Path, sent));
    }

    [Fact]
    public async Task Wrong_requests_are_refused_with_a_reason()
    {
        var made = (await RaiseAsync("hot"))!;
        Assert.Equal(404, (await server.RefusedAsync("GET", $"{Path}/1")).Status);
        Assert.Equal(404, (await server.RefusedAsync("GET", $"{Path}/%2e%2e%2fx")).Status);
        Assert.Equal(404, (await server.RefusedAsync("PUT", $"{Path}/abc", "{}")).Status);
        Assert.Equal(422, (await server.RefusedAsync("PUT", Path, """{"status":"CLEARED"}""")).Status);
        Assert.Equal(422, (await server.RefusedAsync("PUT", $"{Path}?source=1", "{}")).Status);
        Assert.Equal(422, (await server.RefusedAsync("DELETE", $"{Path}?type=hot")).Status);
        Assert.Equal(422, (await server.RefusedAsync("GET", $"{Path}?withSourceChildren=true")).Status);
        Assert.Equal(422, (await server.RefusedAsync("GET", $"{Path}?status=GONE")).Status);
        Assert.Equal(422, (await server.RefusedAsync("GET", $"{Path}?dateFrom=yesterday")).Status);
        Assert.Equal(422, (await server.RefusedAsync("PUT", $"{Path}/{made["id"]}", """{"type":"cold"}""")).Status);
        Assert.Equal(403, (await server.RefusedAsync("POST", Path, Body("x"), "reader")).Status);
        Assert.Equal(405, (await server.RefusedAsync("DELETE", $"{Path}/{made["id"]}")).Status);
    }

    /// <summary>Four alarms of four days; an hour later b is acknowledged and d cleared.</summary>
    private async Task SeedAsync()
    {
        var ids = new Dictionary<string, string>();
        foreach (var (type, severity, day) in new[] { ("a", "WARNING", 1), ("b", "MAJOR", 2), ("c", "MAJOR", 3), ("d", "CRITICAL", 4) })
        {
            var body = Body(type, severity).Replace("2020-03-19T12:03:27.845", $"2020-03-0{day}T10:00:00", StringComparison.Ordinal);
            ids[type] = (string)(await server.DoAsync(201, "POST", Path, body))!["id"]!;
            server.Cloud.Time.Advance(TimeSpan.FromSeconds(1));
        }

        server.Cloud.Time.Advance(TimeSpan.FromHours(1));
        await server.DoAsync(200, "PUT", $"{Path}/{ids["b"]}", """{"status":"ACKNOWLEDGED"}""");
        await server.DoAsync(200, "PUT", $"{Path}/{ids["d"]}", """{"status":"CLEARED"}""");
    }

    private Task<JsonNode?> RaiseAsync(string type, string more = "") => server.DoAsync(201, "POST", Path, Body(type, more: more));

    private string Body(string type, string severity = "major", string more = "") =>
        $$"""{"source":{"id":"{{device.Id}}"},"type":"{{type}}","text":"It is hot.","severity":"{{severity}}","time":"2020-03-19T12:03:27.845Z"{{more}}}""";

    private Task<DeviceTwin> TwinAsync() => server.Cloud.TwinAsync(device);

    private async Task<string> CountsAsync() => (await TwinAsync()).Fragments["c8y_ActiveAlarmsStatus"]!.ToJsonString();
}
