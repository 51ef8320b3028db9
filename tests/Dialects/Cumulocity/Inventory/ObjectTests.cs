using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Inventory;

public class ObjectTests
{
    private const string Objects = "/inventory/managedObjects";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_sent_comes_back_as_it_was()
    {
        await using var server = await InventoryServer.StartAsync();
        const string Fragment =
            """{"n":42,"d":42.0,"e":1e3,"big":12345678901234567890,"s":"é\u0000😀","l":[1,null,{"x":[]}],"o":{"a":null,"":1}}""";
        var id = await server.CreateAsync(
            $$"""{"name":"Pump","type":"c8y_Pump","c8y_IsDevice":{},"x_Custom":{{Fragment}},"x.dotted":true,"x_gone":null}"""
        );

        using var response = await server.SendAsync("GET", $"{Objects}/{id}");
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        var read = JsonNode.Parse(text)!.AsObject();

        Assert.Contains("""{"n":42,"d":42.0,"e":1e3,"big":12345678901234567890,""", text, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Fragment), read["x_Custom"]));
        Assert.Equal("{}", read["c8y_IsDevice"]!.ToJsonString());
        Assert.True(read["x.dotted"]!.GetValue<bool>());
        Assert.False(read.ContainsKey("x_gone"));
        Assert.Equal(("Pump", "c8y_Pump", "admin"), ((string)read["name"]!, (string)read["type"]!, (string)read["owner"]!));
        Assert.Equal("2026-03-01T12:00:00.000Z", (string)read["creationTime"]!);
        Assert.Equal($"{server.Http.BaseAddress}inventory/managedObjects/{id}", (string)read["self"]!);
        Assert.Equal("[]", read["childDevices"]!["references"]!.ToJsonString());
    }

    [Fact]
    public async Task A_change_replaces_members_whole_and_null_removes_them()
    {
        await using var server = await InventoryServer.StartAsync();
        var id = await server.CreateAsync("""{"name":"Pump","type":"t","a":{"x":1,"y":2},"b":1,"c":[1]}""");

        var (status, changed) = await server.AskAsync(
            "PUT",
            $"{Objects}/{id}",
            $$"""{"id":"{{id}}","self":"x","lastUpdated":"x","a":{"x":3},"b":null,"type":null,"owner":"jo"}"""
        );

        Assert.Equal(200, status);
        Assert.Equal("""{"x":3}""", changed!["a"]!.ToJsonString());
        Assert.Equal("[1]", changed["c"]!.ToJsonString());
        Assert.Null(changed["b"]);
        Assert.Null(changed["type"]);
        Assert.Equal(("Pump", "jo"), ((string)changed["name"]!, (string)changed["owner"]!));
    }

    [Fact]
    public async Task An_object_without_a_name_has_none()
    {
        await using var server = await InventoryServer.StartAsync();
        var id = await server.CreateAsync("""{"type":"t"}""");

        Assert.False((await server.GetAsync($"{Objects}/{id}")).AsObject().ContainsKey("name"));
        Assert.Equal("-", await server.NamesAsync("query=name eq null"));
        Assert.Equal("", await server.NamesAsync("query=name eq '*'"));

        await server.AskAsync("PUT", $"{Objects}/{id}", """{"name":"now"}""");
        Assert.Equal("now", await server.NamesAsync("query=name eq 'n*w'"));
        await server.AskAsync("PUT", $"{Objects}/{id}", """{"name":null}""");
        Assert.Equal("", await server.NamesAsync("query=not(name eq null)"));
    }

    [Fact]
    public async Task What_other_doors_know_is_shown_and_what_is_shown_is_known_to_them()
    {
        await using var server = await InventoryServer.StartAsync();
        var id = await server.CreateAsync(
            """{"name":"d","c8y_IsDevice":{},"c8y_Position":{"lat":1.50,"lng":2,"alt":3,"x":"y"},"c8y_Hardware":{"model":"m","serialNumber":"SN"},"c8y_Firmware":{"name":"fw","version":"1.0"}}"""
        );
        var twin = (await server.One.Devices.GetAsync(TestCloud.Tenant, id, Cancellation)).Value;
        Assert.Equal(new Location(1.5, 2, 3), twin.Location);
        Assert.Equal(("SN", null, "1.0"), (twin.SerialNumber, twin.Hardware, twin.Firmware));

        await server.One.Devices.UpdateAsync(
            TestCloud.Tenant,
            id,
            old => old with { Location = new Location(1.5, 9), Firmware = "2.0", Hardware = "B" },
            null,
            Cancellation
        );
        using var response = await server.SendAsync("GET", $"{Objects}/{id}");
        var text = await response.Content.ReadAsStringAsync(Cancellation);

        Assert.Contains("\"c8y_Position\":{\"lat\":1.50,\"lng\":9,\"alt\":3,\"x\":\"y\"}", text, StringComparison.Ordinal);
        Assert.Contains("\"c8y_Firmware\":{\"name\":\"fw\",\"version\":\"2.0\"}", text, StringComparison.Ordinal);
        Assert.Contains("\"c8y_Hardware\":{\"model\":\"m\",\"serialNumber\":\"SN\",\"revision\":\"B\"}", text, StringComparison.Ordinal);

        var other = await server.Cloud.AddDeviceAsync("other-door", new NewDevice { Name = "other" });
        var shown = await server.GetAsync($"{Objects}/{other.Id}");
        Assert.NotNull(shown["c8y_IsDevice"]);
        Assert.Equal("other", await server.NamesAsync("query=has(com_cumulocity_model_Agent)"));
        Assert.Equal("d other", await server.NamesAsync("fragmentType=c8y_IsDevice"));
    }

    [Fact]
    public async Task An_asset_becomes_a_device_by_its_fragment()
    {
        await using var server = await InventoryServer.StartAsync();
        var id = await server.CreateAsync("""{"name":"group","type":"c8y_DeviceGroup","c8y_IsDeviceGroup":{}}""");
        Assert.True((await server.One.Devices.GetAsync(TestCloud.Tenant, id, Cancellation)).Value.IsAsset);

        await server.AskAsync("PUT", $"{Objects}/{id}", """{"c8y_IsDevice":{}}""");

        Assert.False((await server.One.Devices.GetAsync(TestCloud.Tenant, id, Cancellation)).Value.IsAsset);
        Assert.NotNull((await server.One.Devices.GetKeysAsync(TestCloud.Tenant, id, Cancellation)).Primary);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("id")]
    public async Task A_sign_of_life_changes_nothing_else(string body)
    {
        await using var server = await InventoryServer.StartAsync();
        var id = await server.CreateAsync("""{"name":"d","c8y_IsDevice":{}}""");
        var before = (await server.One.Devices.GetAsync(TestCloud.Tenant, id, Cancellation)).Value;
        var changes = await server.One.Changes.GetLastAsync(TestCloud.Tenant, Cancellation);
        server.Cloud.Time.Advance(TimeSpan.FromMinutes(5));

        var sent = body == "id" ? $$"""{"id":"{{id}}"}""" : body;
        await server.AskAsync("PUT", $"{Objects}/{id}", sent, headers: ("X-Cumulocity-Application-Key", "app"));
        Assert.Null((await server.One.Devices.GetAsync(TestCloud.Tenant, id, Cancellation)).Value.LastMessage);

        var (status, answer) = await server.AskAsync("PUT", $"{Objects}/{id}", sent);

        var after = (await server.One.Devices.GetAsync(TestCloud.Tenant, id, Cancellation)).Value;
        Assert.Equal((200, $$"""{"id":"{{id}}"}"""), (status, answer!.ToJsonString()));
        Assert.Equal(server.Cloud.Time.GetUtcNow(), after.LastMessage);
        Assert.Equal(before.Updated, after.Updated);
        Assert.Equal(changes, await server.One.Changes.GetLastAsync(TestCloud.Tenant, Cancellation));
    }

    [Fact]
    public async Task Objects_are_made_and_changed_together_or_not_at_all()
    {
        await using var server = await InventoryServer.StartAsync();
        const string Type = "application/vnd.com.nsn.cumulocity.managedObjectCollection+json";
        var (status, made) = await server.AskAsync(
            "POST",
            Objects,
            """{"managedObjects":[{"name":"a","externalIds":[{"type":"s","externalId":"1"}]},{"name":"b"}]}""",
            Type
        );
        Assert.Equal(201, status);
        var ids = made!["managedObjects"]!.AsArray().Select(one => (string)one!["id"]!).ToList();

        var long_ = new string('x', 300);
        foreach (
            var (wrong, expected) in new[]
            {
                ($$"""{"managedObjects":[{"name":"c"},{"name":"{{long_}}"}]}""", 422),
                ("""{"managedObjects":[{"name":"c"},{"name":7}]}""", 422),
                ("""{"managedObjects":[{"name":"c"},{"externalIds":[{"type":"s","externalId":"1"}]}]}""", 409),
                (
                    """{"managedObjects":[{"name":"c","externalIds":[{"type":"s","externalId":"2"}]},{"externalIds":[{"type":"s","externalId":"2"}]}]}""",
                    409
                ),
                ($$"""{"managedObjects":[{{string.Join(',', Enumerable.Repeat("{}", 51))}}]}""", 422),
                ("""{"managedObjects":{}}""", 422),
                ("""{}""", 422),
            }
        )
        {
            Assert.Equal(expected, (await server.AskAsync("POST", Objects, wrong, Type)).Status);
        }

        var (missing, _) = await server.AskAsync(
            "PUT",
            Objects,
            $$"""{"managedObjects":[{"id":"{{ids[0]}}","name":"A"},{"id":"999","name":"B"}]}""",
            Type
        );
        Assert.Equal(404, missing);
        Assert.Equal("a b", await server.NamesAsync(""));

        var (changed, _) = await server.AskAsync(
            "PUT",
            Objects,
            $$"""{"managedObjects":[{"id":"{{ids[0]}}","name":"A"},{"id":"{{ids[1]}}","name":"B"}]}""",
            Type
        );
        Assert.Equal(200, changed);
        Assert.Equal("A B", await server.NamesAsync(""));
    }

    [Fact]
    public async Task Processing_modes_store_or_tell()
    {
        await using var server = await InventoryServer.StartAsync();
        const string Mode = "X-Cumulocity-Processing-Mode";
        var id = await server.CreateAsync("""{"name":"a"}""");
        var last = await server.One.Changes.GetLastAsync(TestCloud.Tenant, Cancellation);

        await server.AskAsync("PUT", $"{Objects}/{id}", """{"name":"b"}""", headers: (Mode, "QUIESCENT"));
        Assert.Equal("b", await server.NamesAsync(""));
        Assert.Equal(last, await server.One.Changes.GetLastAsync(TestCloud.Tenant, Cancellation));

        var (_, quiet) = await server.AskAsync("POST", Objects, """{"name":"q"}""", headers: (Mode, "QUIESCENT"));
        await server.AskAsync(
            "POST",
            $"{Objects}/{quiet!["id"]}/childAdditions",
            """{"name":"below"}""",
            "application/vnd.com.nsn.cumulocity.managedObject+json",
            headers: (Mode, "QUIESCENT")
        );
        await server.AskAsync("DELETE", $"{Objects}/{quiet["id"]}", headers: (Mode, "QUIESCENT"));
        Assert.Equal("b below", await server.NamesAsync(""));
        Assert.Equal(last, await server.One.Changes.GetLastAsync(TestCloud.Tenant, Cancellation));

        await server.AskAsync("PUT", $"{Objects}/{id}", """{"name":"c"}""", headers: (Mode, "transient"));
        Assert.Equal("b below", await server.NamesAsync(""));
        var told = Assert.Single(await server.One.Changes.ReadAsync(TestCloud.Tenant, last, 10, Cancellation));
        Assert.Equal(("update", "c"), (told.Action, (string)told.Body["name"]!));

        await server.AskAsync("DELETE", $"{Objects}/{id}", headers: (Mode, "CEP"));
        Assert.Equal("b below", await server.NamesAsync(""));
        Assert.Equal(422, (await server.AskAsync("PUT", $"{Objects}/{id}", """{"name":"c"}""", headers: (Mode, "NO"))).Status);
    }

    [Fact]
    public async Task Deleting_takes_along_what_the_cascade_says()
    {
        await using var server = await InventoryServer.StartAsync();
        foreach (var (parameters, left) in new[] { ("", "device child addition"), ("cascade=true", ""), ("forceCascade=true", "") })
        {
            var group = await server.CreateAsync("""{"name":"group","c8y_IsDeviceGroup":{}}""");
            var sub = await ChildAsync(server, group, "childAssets", """{"name":"sub","type":"c8y_DeviceSubgroup"}""");
            var device = await ChildAsync(server, sub, "childAssets", """{"name":"device","c8y_IsDevice":{}}""");
            await ChildAsync(server, device, "childDevices", """{"name":"child","c8y_IsDevice":{}}""");
            await ChildAsync(server, device, "childAdditions", """{"name":"addition"}""");

            Assert.Equal(204, (await server.AskAsync("DELETE", $"{Objects}/{group}?{parameters}")).Status);
            Assert.Equal(left, await server.NamesAsync(""));

            foreach (var one in (await server.GetAsync($"{Objects}?pageSize=100"))["managedObjects"]!.AsArray())
            {
                await server.AskAsync("DELETE", $"{Objects}/{one!["id"]}");
            }
        }

        var plain = await server.CreateAsync("""{"name":"plain"}""");
        await ChildAsync(server, plain, "childAdditions", """{"name":"addition"}""");
        await server.AskAsync("DELETE", $"{Objects}/{plain}?cascade=true");
        Assert.Equal("addition", await server.NamesAsync(""));
    }

    [Theory]
    [InlineData(
        "GET",
        "/inventory/managedObjects/999",
        null,
        404,
        "Finding device data from database failed : No managedObject for id '999'!"
    )]
    [InlineData(
        "GET",
        "/inventory/managedObjects/x%20y",
        null,
        404,
        "Finding device data from database failed : No managedObject for id 'x y'!"
    )]
    [InlineData(
        "PUT",
        "/inventory/managedObjects/999",
        "{}",
        404,
        "Finding device data from database failed : No managedObject for id '999'!"
    )]
    [InlineData(
        "DELETE",
        "/inventory/managedObjects/999",
        null,
        404,
        "Finding device data from database failed : No managedObject for id '999'!"
    )]
    [InlineData("POST", "/inventory/managedObjects", """{"name":7}""", 422, "The member name is a text.")]
    [InlineData(
        "POST",
        "/inventory/managedObjects",
        """{"externalIds":[{"type":"s"}]}""",
        422,
        "Following mandatory fields should be included: externalId"
    )]
    [InlineData("POST", "/inventory/managedObjects", "[]", 422, "The body is a JSON object.")]
    [InlineData("GET", "/inventory/managedObjects?withChildren=maybe", null, 422, "withChildren is true or false.")]
    [InlineData(
        "GET",
        "/inventory/managedObjects?query=name",
        null,
        422,
        "Find by filter query failed : Query could not be understood. Character 5: one of eq, ne, lt, le, gt and ge is expected, and not the end."
    )]
    public async Task Wrong_input_has_its_error(string method, string path, string? body, int status, string message)
    {
        await using var server = await InventoryServer.StartAsync();

        var (got, error) = await server.AskAsync(method, path, body);

        Assert.Equal((status, message), (got, (string)error!["message"]!));
    }

    [Fact]
    public async Task Readers_do_not_write()
    {
        await using var server = await InventoryServer.StartAsync();
        await server.AddUserAsync("rita", Roles.Reader);
        var id = await server.CreateAsync("""{"name":"a"}""");

        Assert.Equal(200, (await server.AskAsync("GET", $"{Objects}/{id}", user: "rita")).Status);
        Assert.Equal(403, (await server.AskAsync("PUT", $"{Objects}/{id}", """{"name":"b"}""", user: "rita")).Status);
        Assert.Equal(401, (await server.AskAsync("GET", $"{Objects}/{id}", user: "")).Status);
    }

    internal static async Task<string> ChildAsync(InventoryServer server, string parent, string relation, string body)
    {
        var (status, made) = await server.AskAsync(
            "POST",
            $"{Objects}/{parent}/{relation}",
            body,
            "application/vnd.com.nsn.cumulocity.managedObject+json"
        );
        Assert.True(status == 201, $"{status} {made?.ToJsonString()}");
        return (string)made!["id"]!;
    }
}
