using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Inventory;

public class ListTests
{
    private const string Objects = "/inventory/managedObjects";

    [Fact]
    public async Task Pages_are_walked_to_the_end_and_beyond()
    {
        await using var server = await InventoryServer.StartAsync();
        for (var i = 0; i < 12; i++)
        {
            await server.CreateAsync($$"""{"name":"o{{i:00}}","type":"t"}""");
        }

        var seen = new List<string>();
        for (var page = 1; page <= 4; page++)
        {
            var answer = await server.GetAsync($"{Objects}?type=t&currentPage={page}&withTotalPages=true&withTotalElements=true");
            seen.AddRange(answer["managedObjects"]!.AsArray().Select(one => (string)one!["name"]!));
            Assert.Equal(
                $$"""{"totalPages":3,"pageSize":5,"currentPage":{{page}},"totalElements":12}""",
                answer["statistics"]!.ToJsonString()
            );
            Assert.Equal(page < 3, answer["next"] is not null);
            Assert.EndsWith($"type=t&withTotalPages=true&withTotalElements=true&pageSize=5&currentPage={page}", (string)answer["self"]!);
        }

        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"o{i:00}"), seen);
        Assert.Equal("o11", (string)(await server.GetAsync($"{Objects}?pageSize=1&currentPage=12"))["managedObjects"]![0]!["name"]!);
        Assert.Empty((await server.GetAsync($"{Objects}?currentPage=2147483647&pageSize=2000"))["managedObjects"]!.AsArray());
        var none = await server.GetAsync($"{Objects}?pageSize=0&withTotalElements=true");
        Assert.Equal("""{"pageSize":0,"currentPage":1,"totalElements":12}""", none["statistics"]!.ToJsonString());
    }

    [Fact]
    public async Task A_deletion_moves_later_pages_up()
    {
        await using var server = await InventoryServer.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            ids.Add(await server.CreateAsync($$"""{"name":"{{i}}"}"""));
        }

        await server.GetAsync($"{Objects}?pageSize=3&currentPage=1");
        Assert.Equal(3, (await server.GetAsync($"{Objects}?pageSize=3&currentPage=2"))["managedObjects"]!.AsArray().Count);
        foreach (var id in ids.Take(3))
        {
            await server.AskAsync("DELETE", $"{Objects}/{id}");
        }

        Assert.Empty((await server.GetAsync($"{Objects}?pageSize=3&currentPage=2"))["managedObjects"]!.AsArray());
    }

    [Fact]
    public async Task Parameters_filter()
    {
        await using var server = await InventoryServer.StartAsync();
        var a = await server.CreateAsync(
            """{"name":"Alpha one","type":"t1","owner":"jo","x_f":{"y":1},"externalIds":[{"type":"s","externalId":"SER-1"}]}"""
        );
        var b = await server.CreateAsync("""{"name":"Beta","type":"t1","x_f":{}}""");
        await server.CreateAsync("""{"name":"Gamma","type":"t2","c8y_IsDevice":{}}""");
        await ObjectTests.ChildAsync(server, a, "childAssets", """{"name":"Delta"}""");

        Assert.Equal("Alpha one Beta", await server.NamesAsync("type=t1"));
        Assert.Equal("Alpha one", await server.NamesAsync("type=t1&owner=jo"));
        Assert.Equal("Alpha one Beta", await server.NamesAsync("fragmentType=x_f"));
        Assert.Equal("Alpha one", await server.NamesAsync("fragmentType=x_f.y"));
        Assert.Equal("Beta Alpha one", await server.NamesAsync($"ids={b},{a},999,nonsense"));
        Assert.Equal("Beta Alpha one", await server.NamesAsync($"ids={b}%2C{a}"));
        Assert.Equal("Alpha one Gamma", await server.NamesAsync("text=one GAMMA"));
        Assert.Equal("Alpha one", await server.NamesAsync("text=\"alpha one\""));
        Assert.Equal("Alpha one", await server.NamesAsync("text=ser-1"));
        Assert.Equal("Alpha one Beta Gamma", await server.NamesAsync("onlyRoots=true"));
        Assert.Equal("Gamma", await server.NamesAsync("q=name eq '*a*'"));
        Assert.Equal("Gamma", await server.NamesAsync("query=type eq 't2'&type=t1"));
        var named = await server.NamesAsync("query=$filter=(name eq '*a') and not(has(x_f.y)) $orderby=name desc");
        Assert.Equal("Gamma Delta Beta", named);
        Assert.Equal("2", (await server.GetAsync($"{Objects}/count?type=t1")).ToJsonString());
        Assert.Equal("4", (await server.GetAsync($"{Objects}/count")).ToJsonString());
    }

    [Fact]
    public async Task Children_are_assigned_made_listed_and_let_go()
    {
        await using var server = await InventoryServer.StartAsync();
        var parent = await server.CreateAsync("""{"name":"parent","c8y_IsDevice":{}}""");
        var first = await server.CreateAsync("""{"name":"first","c8y_IsDevice":{}}""");
        var second = await server.CreateAsync("""{"name":"second"}""");
        var path = $"{Objects}/{parent}/childDevices";

        var (status, one) = await server.AskAsync(
            "POST",
            path,
            $$$"""{"managedObject":{"id":"{{{first}}}"}}""",
            "application/vnd.com.nsn.cumulocity.managedObjectReference+json"
        );
        Assert.Equal((201, first), (status, (string)one!["managedObject"]!["id"]!));
        Assert.EndsWith($"{path}/{first}", (string)one["self"]!);
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(1));
        var (bulk, many) = await server.AskAsync(
            "POST",
            path,
            $$$"""{"references":[{"managedObject":{"id":"{{{second}}}"}},{"managedObject":{"id":{{{first}}}}}]}"""
        );
        Assert.Equal((201, 2), (bulk, many!["references"]!.AsArray().Count));
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(1));
        await ObjectTests.ChildAsync(server, parent, "childDevices", """{"name":"third"}""");

        var list = await server.GetAsync($"{path}?pageSize=2&withTotalPages=true");
        Assert.Equal(["first", "second"], list["references"]!.AsArray().Select(item => (string)item!["managedObject"]!["name"]!));
        Assert.Equal(2, (int)list["statistics"]!["totalPages"]!);
        Assert.Equal(
            "third",
            (string)(await server.GetAsync($"{path}?pageSize=2&currentPage=2"))["references"]![0]!["managedObject"]!["name"]!
        );
        Assert.Single((await server.GetAsync($"{path}?query=name eq 's*'"))["references"]!.AsArray());

        var shown = await server.GetAsync($"{Objects}/{parent}?withChildrenCount=true");
        Assert.Equal(3, (int)shown["childDevices"]!["count"]!);
        Assert.Equal("first", (string)shown["childDevices"]!["references"]![0]!["managedObject"]!["name"]!);
        var child = await server.GetAsync($"{Objects}/{first}?withParents=true&withChildren=false");
        Assert.Equal("parent", (string)child["deviceParents"]!["references"]![0]!["managedObject"]!["name"]!);
        Assert.Equal("parent", await server.NamesAsync($"childDeviceId={first}"));
        Assert.Equal("first second third", await server.NamesAsync($"query=isinhierarchyof({parent})"));

        Assert.Equal(204, (await server.AskAsync("DELETE", $"{path}/{first}")).Status);
        var (again, error) = await server.AskAsync("DELETE", $"{path}/{first}");
        Assert.Equal((422, $"managedObject {first} is not a child of {parent}"), (again, (string)error!["message"]!));
        Assert.Equal(422, (await server.AskAsync("GET", $"{path}/{first}")).Status);
        Assert.Equal(422, (await server.AskAsync("POST", path, $$$"""{"managedObject":{"id":"{{{parent}}}"}}""")).Status);
        Assert.Equal(404, (await server.AskAsync("POST", path, """{"managedObject":{"id":"999"}}""")).Status);
        Assert.Equal(422, (await server.AskAsync("POST", path, """{"managedObject":{}}""")).Status);
        var all = $$$"""{"references":[{"managedObject":{"id":"{{{second}}}"}}]}""";
        Assert.Equal(204, (await server.AskAsync("DELETE", path, all)).Status);
        Assert.Equal("third", await server.NamesAsync($"query=isinhierarchyof({parent})"));
    }

    [Fact]
    public async Task What_a_device_measures_is_known()
    {
        await using var server = await InventoryServer.StartAsync();
        var device = await server.Cloud.AddDeviceAsync("d1", new NewDevice { Name = "d" });
        var message = """{"temp":21.5,"c8y_Steam":{"T":100,"H":1},"note":"text"}""";
        await server.One.Pipeline.IngestAsync(
            [
                new(
                    "d1",
                    System.Text.Encoding.UTF8.GetBytes(message),
                    server.Cloud.Time.GetUtcNow(),
                    Domain.Telemetry.MessageSource.Telemetry,
                    Domain.Telemetry.DeviceMessage.NoProperties,
                    Domain.Telemetry.DeviceMessage.NoProperties
                ),
            ],
            TestContext.Current.CancellationToken
        );

        var measurements = (await server.GetAsync($"{Objects}/{device.Id}/supportedMeasurements"))["c8y_SupportedMeasurements"]!;
        var series = (await server.GetAsync($"{Objects}/{device.Id}/supportedSeries"))["c8y_SupportedSeries"]!;
        var latest = (await server.GetAsync($"{Objects}?withLatestValues=true"))["managedObjects"]![0]!["c8y_LatestMeasurements"]!;

        Assert.Equal(["c8y_Steam", "temp"], measurements.AsArray().Select(name => (string)name!).Order());
        Assert.Equal(["c8y_Steam.H", "c8y_Steam.T", "temp.value"], series.AsArray().Select(name => (string)name!).Order());
        Assert.Equal("""{"value":21.5,"time":"2026-03-01T12:00:00.000Z"}""", latest["temp"]!["value"]!.ToJsonString());
    }
}
