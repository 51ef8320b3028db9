using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Mqtt.Sessions;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Tests.Cumulocity.Mqtt;

/// <summary>Who comes in, what it may subscribe to, and how its device is found or made.</summary>
public sealed class SessionTests
{
    private const string NotOurs = "not ours";

    [Theory]
    [InlineData("t1/ann", MqttServer.Password, "t1/SN-1")]
    [InlineData("ann", MqttServer.Password, "t1/SN-1")]
    [InlineData("t1/ann", "wrong", "BadCredentials")]
    [InlineData("ann", "wrong", NotOurs)]
    [InlineData("t1/bob", "wrong", "BadCredentials")]
    [InlineData("t1/reader", MqttServer.Password, "NotAuthorized")]
    [InlineData("t9/ann", MqttServer.Password, NotOurs)]
    [InlineData("nobody", "x", NotOurs)]
    [InlineData("127.0.0.1/device-1/?api-version=2021-04-12", "x", NotOurs)]
    [InlineData("", "x", NotOurs)]
    [InlineData(null, null, NotOurs)]
    [InlineData("t1/ann", null, NotOurs)]
    public async Task A_user_and_its_password_come_in(string? user, string? password, string expected)
    {
        await using var server = await MqttServer.StartAsync();
        await server.AddUserAsync("reader", Roles.Reader);
        var admission = await server.AuthenticateAsync("SN-1", user, password);
        Assert.Equal(expected, admission is null ? NotOurs : admission.Session?.Key ?? admission.Refusal.ToString());
    }

    [Theory]
    [InlineData("SN-1", "t1/SN-1")]
    [InlineData("d:SN-1", "t1/SN-1")]
    [InlineData("d:SN-1:templates", "t1/SN-1")]
    [InlineData("SN-1:templates", "t1/SN-1")]
    [InlineData("d:SN-1:", "t1/SN-1")]
    [InlineData("", "BadClientId")]
    [InlineData("d:", "BadClientId")]
    [InlineData("x:SN-1:templates", "BadClientId")]
    [InlineData("d:SN-1:templates:more", "BadClientId")]
    public async Task The_client_identifier_has_the_serial(string clientId, string expected)
    {
        await using var server = await MqttServer.StartAsync();
        var admission = await server.AuthenticateAsync(clientId, "t1/ann");
        Assert.Equal(expected, admission!.Session?.Key ?? admission.Refusal.ToString());
    }

    [Theory]
    [InlineData("s/ds", true)]
    [InlineData("s/dd", true)]
    [InlineData("s/dc/#", true)]
    [InlineData("s/dc/+", true)]
    [InlineData("s/dc/mine", true)]
    [InlineData("s/dt", true)]
    [InlineData("s/e", true)]
    [InlineData("s/dat", true)]
    [InlineData("error", true)]
    [InlineData("devicecontrol/notifications", true)]
    [InlineData("s/us", false)]
    [InlineData("s/us/#", false)]
    [InlineData("s/#", false)]
    [InlineData("#", false)]
    [InlineData("+/ds", false)]
    [InlineData("s/dc/mine/more", false)]
    [InlineData("events", false)]
    public async Task A_client_may_subscribe_to_what_is_for_devices(string filter, bool may)
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync();
        Assert.Equal(may, await client.Session.OnSubscribeAsync(filter, 1, MqttServer.Cancellation));
    }

    [Fact]
    public async Task A_device_is_made_with_its_first_data()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.TwinAsync("SN-1"));
        await client.PublishAsync("s/us", "211,25");
        var twin = await server.TwinAsync("SN-1");
        Assert.Equal(("MQTT Device SN-1", "c8y_MQTTDevice", "ann"), (twin.Name, twin.Type, twin.Owner));
        Assert.Equal(["c8y_IsDevice", "com_cumulocity_model_Agent"], twin.Fragments.Select(fragment => fragment.Key));
        Assert.Equal(["c8y_Serial:SN-1"], twin.ExternalIds.Select(id => $"{id.Type}:{id.Value}"));
        Assert.True(twin.Push is { IsSession: true });
    }

    [Fact]
    public async Task Or_as_it_names_itself()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync();
        await client.PublishAsync("s/us", "100,Pump 1,pump");
        var twin = await server.TwinAsync("SN-1");
        Assert.Equal(("Pump 1", "pump"), (twin.Name, twin.Type));
    }

    [Theory]
    [InlineData("100,,t\n101,c1", "MQTT Device c1|c8y_MQTTChildDevice")]
    [InlineData("101,c1,Sensor,probe", "Sensor|probe")]
    public async Task Devices_behind_it_are_made_so_too(string rows, string expected)
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: "s/e");
        await client.PublishAsync("s/us", rows);
        var (root, child) = (await server.TwinAsync("SN-1"), await server.TwinAsync("c1"));
        Assert.Equal(expected, $"{child.Name}|{child.Type}");
        Assert.Equal([root.Id], child.Parents);
        await client.PublishAsync("s/us", "101,c1");
        Assert.Equal(["s/e 41,101,Child device already existing"], client.Received);
    }

    [Fact]
    public async Task Data_of_a_child_is_its_own_and_a_child_of_it_is_made_below_it()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync();
        await client.PublishAsync("s/us/c1", "211,1");
        await client.PublishAsync("s/us/c1", "101,c2");
        var (root, first, second) = (await server.TwinAsync("SN-1"), await server.TwinAsync("c1"), await server.TwinAsync("c2"));
        Assert.Equal([root.Id], first.Parents);
        Assert.Equal([first.Id], second.Parents);
        Assert.Contains($"\"source\":{{\"id\":\"{first.Id}\"}}", Assert.Single(server.Api.Changes));
    }

    [Fact]
    public async Task A_devices_own_user_may_act_for_its_device_and_what_is_behind_it_alone()
    {
        await using var server = await MqttServer.StartAsync();
        var other = await server.ConnectAsync("SN-9");
        await other.PublishAsync("s/us", "101,c9\n102,s9,systemd,Service,up");
        var device = new MqttTestClient(
            new CumulocityTopicSession(
                server.Services,
                new Caller(MqttServer.Tenant, "device_SN-1", [Roles.Device]),
                new ClientId("SN-1", null),
                new TopicClient("SN-1", "x", "x", true, 4, 60, null, server.Cloud.Time.GetUtcNow())
            )
        );
        await device.Session.OnConnectedAsync(device, MqttServer.Cancellation);
        Assert.True(await device.Session.OnSubscribeAsync("s/e", 1, MqttServer.Cancellation));
        await device.PublishAsync("s/us", "101,c1\n211,1");
        await device.PublishAsync("s/us/c1", "211,2");
        Assert.Equal(2, server.Api.Changes.Count);
        await device.PublishAsync("s/us", "101,c9\n101,SN-9\n102,s9,systemd,Service,down");
        await device.PublishAsync("s/us/c9", "211,3");
        Assert.Equal(
            [
                "s/e 41,101,Access is denied.",
                "s/e 41,101,Access is denied.",
                "s/e 41,102,Access is denied.",
                "s/e 41,211,Access is denied.",
            ],
            device.Received
        );
        Assert.Equal(2, server.Api.Changes.Count);
        Assert.Equal("up", (string?)(await server.TwinAsync("s9")).Fragments["status"]);
        await device.Session.OnDisconnectedAsync();
    }

    [Fact]
    public async Task A_service_goes_with_its_device_and_has_a_status()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync();
        await client.PublishAsync("s/us", "102,SN-1:mosquitto,systemd,Mosquitto,up");
        await client.PublishAsync("s/us", "102,SN-1:mosquitto,systemd,Mosquitto,down");
        var (root, service) = (await server.TwinAsync("SN-1"), await server.TwinAsync("SN-1:mosquitto"));
        Assert.Equal((true, "Mosquitto", "c8y_Service"), (service.IsAsset, service.Name, service.Type));
        Assert.Equal([root.Id], service.AdditionParents);
        Assert.Equal("""{"serviceType":"systemd","status":"down"}""", service.Fragments.ToJsonString());
        await client.PublishAsync("s/us/SN-1:mosquitto", "104,up");
        Assert.Equal([$$"""PUT /inventory/managedObjects/{{service.Id}} {"status":"up"}"""], server.Api.Changes);
    }

    [Fact]
    public async Task A_tenant_that_makes_no_devices_keeps_what_they_send_as_dead_letters_until_they_make_themselves()
    {
        await using var server = await MqttServer.StartAsync(new TenantSettings { UnknownDevices = UnknownDevices.DeadLetter });
        var client = await server.ConnectAsync(subscriptions: ["s/e", "error"]);
        await client.PublishAsync("s/us", "211,1");
        await client.PublishAsync("measurement/measurements/create", "{}");
        Assert.Equal(
            [
                "s/e 41,211,The device SN-1 is not registered.",
                """error {"error":"inventory/Not Found","message":"The device SN-1 is not registered.","messageId":7}""",
            ],
            client.Received
        );
        var (letters, _) = await server.Cloud.One.DeadLetters.ListAsync(MqttServer.Tenant, null, 10, null, MqttServer.Cancellation);
        Assert.Equal(2, letters.Count);
        await client.PublishAsync("s/us", "100");
        await client.PublishAsync("s/us", "211,1");
        Assert.Single(server.Api.Changes);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused_and_the_sender_told()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: ["s/e", "error"]);
        var largest = "400,t," + new string('x', 16_184 - 3 - 4 - 4 - 6);
        await client.PublishAsync("s/us", largest);
        Assert.Empty(client.Received);
        await client.PublishAsync("s/us", largest + "x");
        await client.PublishAsync("event/events/create", new string(' ', 20_000));
        Assert.Equal(
            [
                "s/e 42,400,\"The message has 16185 bytes with its header, more than the 16184 that are taken\"",
                """error {"error":"mqtt/Bad Request","message":"The message has 20027 bytes with its header, more than the 16184 that are taken","messageId":7}""",
            ],
            client.Received
        );
        Assert.Equal(2, server.Log.Lines.Count);
        Assert.Single(server.Api.Changes);
    }

    [Theory]
    [InlineData("s/xx", "s/e 40,,There is no such topic")]
    [InlineData("s/us/", "s/e 40,,There is no such topic")]
    [InlineData("s/ul/x", "s/e 40,,There is no such topic")]
    [InlineData("x", "s/e 40,,There is no such topic")]
    [InlineData("s/ucr", "s/e 41,,The topic is not open to this client")]
    [InlineData("s/uc/none", "s/e 40,,There is no template collection none")]
    [InlineData("s/ud", "s/e 40,,There is no template collection")]
    public async Task Other_topics_are_ignored_and_the_sender_told(string topic, string told)
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: "s/e");
        await client.PublishAsync(topic, "1,2");
        Assert.Equal([told], client.Received);
    }

    [Fact]
    public async Task What_the_API_refuses_is_told_with_its_text()
    {
        await using var server = await MqttServer.StartAsync();
        server.Api.Refuse("POST /event/events", CumulocityErrors.MissingFields(["text"]));
        var client = await server.ConnectAsync(subscriptions: "s/e");
        await client.PublishAsync("s/us", "400,t,x");
        Assert.Equal(["s/e 41,400,Following mandatory fields should be included: text"], client.Received);
    }

    [Fact]
    public async Task A_store_that_is_away_takes_nothing_so_that_the_client_sends_again()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync();
        server.Cloud.Store.GoAway();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => client.PublishAsync("s/us", "211,1"));
        server.Cloud.Store.ComeBack();
        await client.PublishAsync("s/us", "211,1");
        Assert.Single(server.Api.Changes);
    }

    [Fact]
    public async Task A_token_is_given_to_who_asks()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: "s/dat");
        await client.PublishAsync("s/uat", "");
        var row = Assert.Single(client.Received);
        Assert.StartsWith("s/dat 71,", row);
        Assert.Equal(3, row.Split('.').Length);
    }

    [Fact]
    public async Task A_password_that_is_changed_ends_the_connection()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync();
        await server.Cloud.One.Users.ApplyAsync(
            MqttServer.Tenant,
            "ann",
            new UserChange { Password = "another word" },
            null,
            MqttServer.Cancellation
        );
        server.Cloud.Time.Advance(TimeSpan.FromMinutes(1));
        await client.PublishAsync("s/us", "211,1");
        Assert.Equal("the password is no longer the user's", client.Closed);
        Assert.Empty(server.Api.Changes);
    }

    [Fact]
    public async Task The_device_is_connected_while_its_session_lasts()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync();
        await client.PublishAsync("s/us", "100");
        Assert.True((await server.TwinAsync("SN-1")).Push is { IsSession: true });
        await client.Session.OnDisconnectedAsync();
        Assert.Null((await server.TwinAsync("SN-1")).Push);
    }

    [Fact]
    public async Task A_new_device_asks_for_its_credentials()
    {
        await using var server = await MqttServer.StartAsync();
        var bootstrap = new Caller("management", "devicebootstrap", [Roles.Bootstrap]);
        var client = new MqttTestClient(new BootstrapTopicSession(server.Services, bootstrap, "SN-2"));
        await client.Session.OnConnectedAsync(client, MqttServer.Cancellation);
        Assert.True(await client.Session.OnSubscribeAsync("s/dcr", 1, MqttServer.Cancellation));
        Assert.Equal("bootstrap/SN-2", client.Session.Key);
        server.Api.Refuse("POST /devicecontrol/deviceCredentials", CumulocityErrors.NotFound("devicecontrol", "Not yet."));
        await client.PublishAsync("s/ucr", "");
        Assert.Empty(client.Received);
        server.Api.Answers["POST /devicecontrol/deviceCredentials"] = () =>
            JsonNode.Parse("""{"tenantId":"t1","username":"device_SN-2","password":"a,b"}""");
        await client.PublishAsync("s/ucr", "");
        Assert.Equal(["s/dcr 70,t1,device_SN-2,\"a,b\""], client.Received);
        Assert.Equal("""POST /devicecontrol/deviceCredentials {"id":"SN-2"}""", server.Api.Calls[0]);
        await client.PublishAsync("s/us", "211,1");
        Assert.Equal(2, server.Api.Calls.Count);
        Assert.False(await client.Session.OnSubscribeAsync("s/ds", 1, MqttServer.Cancellation));
    }
}
