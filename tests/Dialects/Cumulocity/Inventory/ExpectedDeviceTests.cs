using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Domain.Devices;
using Serverless.Domain.Registration;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Inventory;

/// <summary>What was said of a device when it was expected is so when it comes (reference 1.8: groupId and type).</summary>
public sealed class ExpectedDeviceTests : IAsyncLifetime
{
    private const string Objects = "/inventory/managedObjects";

    private InventoryServer server = null!;
    private string group = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await InventoryServer.StartAsync();
        var (_, made) = await server.AskAsync("POST", Objects, """{"name":"Hall 1","type":"c8y_DeviceGroup","c8y_IsDeviceGroup":{} }""");
        group = (string)made!["id"]!;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("""{"c8y_IsDevice":{} }""", "c8y_Linux", true)]
    [InlineData("""{"type":"its own","c8y_IsDevice":{} }""", "its own", true)]
    [InlineData("""{"name":"no device"}""", null, false)]
    public async Task Its_object_is_in_the_group_and_has_the_type(string body, string? type, bool isMember)
    {
        await RegisterAsync("SN-1");

        var (status, made) = await server.AskAsync("POST", Objects, body, user: "device_SN-1");

        Assert.Equal((201, type), (status, (string?)made!["type"]));
        Assert.Equal(isMember ? [(string)made["id"]!] : [], await MembersAsync());
    }

    [Fact]
    public async Task What_is_behind_it_is_no_member_and_a_deleted_group_holds_nothing_up()
    {
        await RegisterAsync("SN-1");
        var (_, own) = await server.AskAsync("POST", Objects, """{"c8y_IsDevice":{} }""", user: "device_SN-1");
        var (status, child) = await server.AskAsync(
            "POST",
            $"{Objects}/{own!["id"]}/childDevices",
            """{"c8y_IsDevice":{} }""",
            "application/vnd.com.nsn.cumulocity.managedobject+json",
            user: "device_SN-1"
        );
        Assert.Equal((201, null), (status, (string?)child!["type"]));
        Assert.Equal([(string)own["id"]!], await MembersAsync());

        Assert.Equal(204, (await server.AskAsync("DELETE", $"{Objects}/{group}")).Status);
        (status, own) = await server.AskAsync("POST", Objects, """{"c8y_IsDevice":{} }""", user: "device_SN-1");
        Assert.Equal((201, "c8y_Linux"), (status, (string)own!["type"]!));
    }

    private async Task RegisterAsync(string id)
    {
        var registration = server.Services.GetRequiredService<DeviceRegistration>();
        await registration.CreateAsync(TestCloud.Tenant, id, group, "c8y_Linux", "admin", Cancellation);
        await registration.RequestAsync(id, null, Cancellation);
        await registration.AcceptAsync(TestCloud.Tenant, id, null, Cancellation);
        Assert.NotNull(await registration.RequestAsync(id, null, Cancellation));
        await server.One.Users.SetDeviceAsync(TestCloud.Tenant, DeviceRegistration.UserOf(id), InventoryServer.Password, Cancellation);
    }

    private async Task<IEnumerable<string>> MembersAsync() =>
        (await server.GetAsync($"{Objects}/{group}/childAssets"))["references"]!
            .AsArray()
            .Select(reference => (string)reference!["managedObject"]!["id"]!);
}
