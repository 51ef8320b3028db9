using System.Text;
using Serverless.Domain;
using Serverless.Domain.Documents;
using Serverless.Domain.Provisioning;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Provisioning;

public sealed class ProvisionerTests
{
    private const string Uuid = "355f6856-e9a4-469f-8f22-3f8b037d064a";

    private const string File = """
        {"tenants":[{"id":"b1","name":"One","timeZone":"Europe/Helsinki","databases":["db"],
          "settings":{"unknownDevices":"DeadLetter"},
          "users":[{"name":"ann","password":"secret","roles":["admin"],"apiToken":"api-token","conduit":{"token":"conduit-token","http":true}}],
          "clients":[{"id":"c1","secret":"hush"}],
          "devices":[{"uuid":"355f6856-e9a4-469f-8f22-3f8b037d064a","name":"Pump","key":"MDEyMzQ1Njc4OWFiY2RlZg==",
            "externalIds":[{"type":"iothub","value":"pump-1"}],"channels":[{"channel":3,"measurement":"temp","unit":"C"}]}]}]}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_login_of_new_devices_is_set_and_stays_until_the_file_is_edited()
    {
        await using var cloud = await TestCloud.OpenAsync();
        const string Declared = """{ "deviceBootstrap": { "password": "first password" } }""";

        await cloud.One.Provisioner.ApplyAsync(Encoding.UTF8.GetBytes(Declared), TestCloud.Cancellation);
        var login = await cloud.One.Logins.LogInAsync("management/devicebootstrap", "first password", TestCloud.Cancellation);

        Assert.Equal((LoginOutcome.Accepted, Partitions.System), (login.Outcome, login.Tenant));
        Assert.Equal([Roles.Bootstrap], login.User!.Roles);
        var refused = await Assert.ThrowsAsync<BootstrapException>(() =>
            cloud.One.Provisioner.ApplyAsync("""{ "deviceBootstrap": { } }"""u8.ToArray(), TestCloud.Cancellation)
        );
        Assert.Equal("deviceBootstrap.password is missing.", refused.Message);
        var tenant = await Assert.ThrowsAsync<DomainException>(() => cloud.AddTenantAsync("management"));
        Assert.Equal("id", tenant.Member);
    }

    [Fact]
    public async Task A_cloud_becomes_what_the_file_declares()
    {
        await using var cloud = await TestCloud.OpenAsync();

        await ApplyAsync(cloud, File);

        var tenant = (await cloud.One.Tenants.GetAsync("b1", Cancellation)).Value;
        Assert.Equal(("One", "Europe/Helsinki", UnknownDevices.DeadLetter), (tenant.Name, tenant.TimeZone, tenant.Settings.UnknownDevices));
        Assert.Equal(LoginOutcome.Accepted, (await cloud.One.Logins.LogInAsync("b1/ann", "secret", Cancellation)).Outcome);
        Assert.NotNull(await cloud.One.Users.FindByTokenAsync("conduit-token", TokenPurpose.Conduit, Cancellation));
        Assert.Equal("b1", await cloud.One.Logins.LogInClientAsync("c1", "hush", Cancellation));
        var device = (await cloud.One.Devices.FindByHubIdAsync("pump-1", Cancellation))!.Value.Device.Value;
        Assert.Equal((Uuid, "Pump", 3), (device.Uuid.ToString(), device.Name, Assert.Single(device.Channels).Number));
        Assert.Equal("MDEyMzQ1Njc4OWFiY2RlZg==", (await cloud.One.Devices.GetKeysAsync("b1", device.Id, Cancellation)).Primary);
    }

    [Fact]
    public async Task The_same_file_twice_changes_nothing()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await ApplyAsync(cloud, File);
        var before = await TagsAsync(cloud);
        var calls = cloud.Gateway.Calls.Count;

        await cloud.Instance().Provisioner.ApplyAsync(Encoding.UTF8.GetBytes(File), Cancellation);

        Assert.Equal(before, await TagsAsync(cloud));
        Assert.Equal(calls, cloud.Gateway.Calls.Count);
    }

    [Theory]
    [InlineData(Kinds.Tenant)]
    [InlineData(Kinds.Client)]
    [InlineData(Kinds.Device)]
    public async Task Instances_that_start_together_may_apply_one_file(string kind)
    {
        await using var cloud = await TestCloud.OpenAsync();
        cloud.Store.OnceBefore(kind, () => ApplyAsync(cloud, File));

        await cloud.Instance().Provisioner.ApplyAsync(Encoding.UTF8.GetBytes(File), Cancellation);

        Assert.Equal("b1", await cloud.One.Logins.LogInClientAsync("c1", "hush", Cancellation));
        var (devices, _) = await cloud.One.Devices.ListAsync("b1", null, null, 10, null, Cancellation);
        Assert.Equal("pump-1", Assert.Single(devices).Value.HubId);
    }

    [Fact]
    public async Task A_password_that_was_changed_since_stays_until_the_file_is_another_one()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await ApplyAsync(cloud, File);
        await cloud.One.Users.ApplyAsync("b1", "ann", new UserChange { Password = "changed" }, null, Cancellation);
        await cloud.One.Clients.DeleteAsync("b1", "c1", Cancellation);

        await ApplyAsync(cloud, File);
        Assert.Equal(LoginOutcome.Accepted, (await cloud.One.Logins.LogInAsync("ann", "changed", Cancellation)).Outcome);
        Assert.NotNull(await cloud.One.Clients.FindAsync("b1", "c1", Cancellation));

        await ApplyAsync(cloud, File + " ");
        Assert.Equal(LoginOutcome.Accepted, (await cloud.One.Logins.LogInAsync("ann", "secret", Cancellation)).Outcome);
    }

    [Fact]
    public async Task What_differs_is_changed_and_what_is_left_out_stays()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await ApplyAsync(cloud, File);

        await ApplyAsync(
            cloud,
            """
            {"tenants":[{"id":"b1","name":"Two","databases":["more"],"users":[{"name":"ann","password":"other"}],
              "clients":[{"id":"c1","secret":"loud"}],
              "devices":[{"uuid":"355f6856-e9a4-469f-8f22-3f8b037d064a","key":"ZmVkY2JhOTg3NjU0MzIxMA==",
                "externalIds":[{"type":"serial","value":"1"}],"channels":[{"channel":3,"measurement":"flow"},{"channel":4,"measurement":"watt"}]}]}]}
            """
        );

        var tenant = (await cloud.One.Tenants.GetAsync("b1", Cancellation)).Value;
        Assert.Equal(("Two", "Europe/Helsinki", UnknownDevices.DeadLetter), (tenant.Name, tenant.TimeZone, tenant.Settings.UnknownDevices));
        Assert.Equal(["iot", "db", "more"], (await cloud.One.Databases.ListAsync("b1", Cancellation)).Select(database => database.Name));
        var login = await cloud.One.Logins.LogInAsync("ann", "other", Cancellation);
        Assert.Equal([Roles.Admin], login.User!.Roles);
        Assert.Equal("b1", await cloud.One.Logins.LogInClientAsync("c1", "loud", Cancellation));
        var device = (await cloud.One.Devices.FindByHubIdAsync("pump-1", Cancellation))!.Value.Device.Value;
        Assert.Equal(("Pump", 2), (device.Name, device.ExternalIds.Count));
        Assert.Equal(["3 flow", "4 watt"], device.Channels.Select(channel => $"{channel.Number} {channel.Measurement}"));
        Assert.Equal("ZmVkY2JhOTg3NjU0MzIxMA==", cloud.Gateway.Registered!.PrimaryKey);
    }

    [Theory]
    [InlineData("""{"tenants":[{"name":"x"}]}""", "tenants[0].id is missing.")]
    [InlineData("""{"tenants":[null]}""", "tenants[0] is missing.")]
    [InlineData("""{"tenants":[{"id":"a b"}]}""", "tenants[0].id: A tenant's id is 1 to 64 of a-z, A-Z, 0-9, - and _.")]
    [InlineData("""{"tenants":[{"id":"a","timeZone":"Mars"}]}""", "tenants[0].timeZone: 'Mars' is no IANA time zone.")]
    [InlineData("""{"tenants":[{"id":"a","users":[{"name":"u"},{"password":"secret"}]}]}""", "tenants[0].users[1].name is missing.")]
    [InlineData("""{"tenants":[{"id":"a","users":[null]}]}""", "tenants[0].users[0] is missing.")]
    [InlineData(
        """{"tenants":[{"id":"a","users":[{"name":"u","password":"x"}]}]}""",
        "tenants[0].users[0].password: A password has 4 to 1,024 characters."
    )]
    [InlineData("""{"tenants":[{"id":"a","clients":[{"id":"c"}]}]}""", "tenants[0].clients[0].secret is missing.")]
    [InlineData("""{"tenants":[{"id":"a","devices":[{"name":"d"}]}]}""", "tenants[0].devices[0].uuid is missing.")]
    [InlineData(
        """{"tenants":[{"id":"a","devices":[{"uuid":"355f6856-e9a4-469f-8f22-3f8b037d064a","channels":[{"channel":1}]}]}]}""",
        "tenants[0].devices[0].channels[0].measurement is missing."
    )]
    [InlineData(
        """{"tenants":[{"id":"a","devices":[{"uuid":"355f6856-e9a4-469f-8f22-3f8b037d064a","key":"abc"}]}]}""",
        "tenants[0].devices[0].key: A device's key is 16 to 64 bytes in base64."
    )]
    public async Task What_is_missing_or_wrong_is_named_with_its_path(string json, string message)
    {
        await using var cloud = await TestCloud.OpenAsync();

        Assert.Equal(message, (await Assert.ThrowsAsync<BootstrapException>(() => ApplyAsync(cloud, json))).Message);
    }

    private static Task ApplyAsync(TestCloud cloud, string json) =>
        cloud.One.Provisioner.ApplyAsync(Encoding.UTF8.GetBytes(json), Cancellation);

    private static async Task<List<string>> TagsAsync(TestCloud cloud)
    {
        var tags = new List<string>();
        foreach (var partition in new[] { Partitions.System, "b1" })
        {
            foreach (var kind in typeof(Kinds).GetFields().Select(field => (string)field.GetRawConstantValue()!))
            {
                var page = await cloud.Store.QueryAsync(new DocumentQuery(partition, kind), Cancellation);
                tags.AddRange(page.Items.Select(item => $"{item.Key} {item.ETag}"));
            }
        }

        return tags;
    }
}
