using System.Text;
using Serverless.Domain.Provisioning;
using Serverless.Domain.Tenants;

namespace Serverless.Domain.Tests.Provisioning;

public sealed class BootstrapFileTests
{
    [Fact]
    public void Every_member_is_read()
    {
        var tenant = Assert.Single(
            Parse(
                """
                {
                  // comments and trailing commas are welcome
                  "tenants": [{
                    "id": "t1", "name": "One", "timeZone": "Europe/Helsinki", "databases": ["db"],
                    "settings": { "unknownDevices": "DeadLetter", "proficloudErrors500": true },
                    "users": [{
                      "name": "ann", "password": "secret", "roles": ["admin"], "apiToken": "a", "deviceToken": "d", "mqttUser": "m",
                      "conduit": { "token": "c", "http": true, "mqtt": false, "webhook": true }
                    }],
                    "clients": [{ "id": "c1", "secret": "hush" }],
                    "devices": [{
                      "uuid": "355f6856-e9a4-469f-8f22-3f8b037d064a", "name": "Pump", "type": "pump", "key": "MDEyMzQ1Njc4OWFiY2RlZg==",
                      "externalIds": [{ "type": "iothub", "value": "pump-1" }],
                      "channels": [{ "channel": 3, "measurement": "temp", "field": "value", "unit": "C", "offset": 1.5, "calibration": 2 }],
                    }],
                  }],
                }
                """
            ).Tenants!
        );

        var settings = new TenantSettings().Merge(tenant.Settings!);
        Assert.Equal((UnknownDevices.DeadLetter, true), (settings.UnknownDevices, settings.ProficloudErrors500));
        Assert.Equal(new BootstrapConduit("c", true, false, true), Assert.Single(tenant.Users!).Conduit);
        Assert.Equal(new BootstrapClient("c1", "hush"), Assert.Single(tenant.Clients!));
        var device = Assert.Single(tenant.Devices!);
        Assert.Equal(("Pump", "iothub"), (device.Name, device.ExternalIds![0].Type));
        Assert.Equal((3, 1.5, 2.0), (device.Channels![0].Channel, device.Channels[0].Offset, device.Channels[0].Calibration));
    }

    [Fact]
    public void All_unknown_members_are_named_at_once_with_their_paths() =>
        Assert.Equal(
            "Unknown members: tenant, tenants[0].Name, tenants[1].users[0].pasword, tenants[1].devices[0].channels[1].number.",
            Refusal(
                """
                {"tenant":[],"tenants":[{"id":"a","Name":"x"},{"id":"b","users":[{"name":"u","pasword":"p"}],
                 "devices":[{"channels":[{"channel":1},{"number":2}]}]}]}
                """
            )
        );

    [Theory]
    [InlineData("""{"tenants":[{"id":5}]}""", "$.tenants[0].id")]
    [InlineData("""{"tenants":[{"id":"a"},{"users":[{"roles":"admin"}]}]}""", "$.tenants[1].users[0].roles")]
    [InlineData("""{"tenants":[{"settings":{"unknownDevices":"Maybe"}}]}""", "$.tenants[0].settings.unknownDevices")]
    [InlineData("""{"tenants":[{"devices":[{"uuid":"pump"}]}]}""", "$.tenants[0].devices[0].uuid")]
    public void A_member_of_the_wrong_form_is_named_with_its_path(string json, string path) => Assert.Contains(path, Refusal(json));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("tenants: []")]
    [InlineData("[]")]
    public void What_is_no_json_object_is_refused(string json) => Assert.NotEmpty(Refusal(json));

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"tenants":null}""")]
    public void Nothing_declared_is_nothing_to_do(string json) => Assert.Null(Parse(json).Tenants);

    [Fact]
    public void A_byte_order_mark_is_passed_over() => Assert.Null(BootstrapFile.Parse((byte[])[0xEF, 0xBB, 0xBF, .. "{}"u8]).Tenants);

    private static Bootstrap Parse(string json) => BootstrapFile.Parse(Encoding.UTF8.GetBytes(json));

    private static string Refusal(string json) => Assert.Throws<BootstrapException>(() => Parse(json)).Message;
}
