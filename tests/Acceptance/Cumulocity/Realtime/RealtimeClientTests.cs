using System.Diagnostics;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Realtime;

[Collection(SharedCloudTests.Name)]
public sealed class RealtimeClientTests(SharedCloud shared)
{
    [Theory]
    [InlineData("long-polling")]
#if !ON_AZURE
    [InlineData("websocket")]
#endif
    public async Task The_official_client_hears_of_what_other_doors_do_once_and_in_order(string transport)
    {
        var device = shared.TakeDevice();
        using var management = await ManagementClient.LogInAsync(shared.Cloud.Http, SharedCloud.Admin);
        var id = (string)(await management.GetAsync($"devices/{device.Uuid}"))!["id"]!;

        var clients = await NodePackages.ClientsAsync();
        var start = new ProcessStartInfo(
            "node",
            [
                Path.Combine(clients, "c8y-realtime.mjs"),
                shared.Cloud.Http.ToString().TrimEnd('/'),
                "t1",
                SharedCloud.Admin.Name,
                SharedCloud.Admin.Password,
                id,
                device.Uuid,
                transport,
            ]
        );
        var run = await CommandRun.RunAsync(start, TimeSpan.FromMinutes(1));

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        var told = JsonNode.Parse(run.Output.Trim().Split('\n')[^1])!;
        Assert.Equal(
            Enumerable.Range(1, 5).Select(i => $"/managedobjects/{id} UPDATE name {i}"),
            told["names"]!.AsArray().Select(name => (string)name!)
        );
        Assert.Equal([1.5, 2.5, 3.5, 4.5, 5.5, 100], told["values"]!.AsArray().Select(value => (double)value!));
    }
}
