using System.Text.Json.Nodes;
using Serverless.Domain.Events;
using Serverless.Domain.Webhooks;

namespace Serverless.Domain.Tests.Webhooks;

public sealed class WebhookFilterTests
{
    [Theory]
    [InlineData("", "", "1", "g", true)]
    [InlineData("", "", null, null, true)]
    [InlineData("1,2", "", "2", null, true)]
    [InlineData("1,2", "", "3", null, false)]
    [InlineData("1,2", "", null, null, false)]
    [InlineData("", "g", "3", "g", true)]
    [InlineData("", "g", "3", "h", false)]
    [InlineData("", "g", "3", null, false)]
    [InlineData("1", "g", "3", "g", true)]
    [InlineData("1", "g", "1", "h", true)]
    [InlineData("1", "g", "2", "h", false)]
    public void A_device_is_taken_by_its_id_or_its_group(string devices, string groups, string? device, string? group, bool expected)
    {
        var webhook = Hook() with
        {
            Devices = devices.Split(',', StringSplitOptions.RemoveEmptyEntries),
            Groups = groups.Split(',', StringSplitOptions.RemoveEmptyEntries),
        };

        Assert.Equal(expected, WebhookFilter.TakesDevice(webhook, device, group));
    }

    [Fact]
    public void A_webhook_without_types_takes_all()
    {
        Assert.True(WebhookFilter.TakesType(Hook(), "anything"));
        Assert.False(WebhookFilter.TakesType(Hook() with { Types = ["some", "thing.*"] }, "anything"));
    }

    [Theory]
    [InlineData("devices/17", "17")]
    [InlineData("webhooks/17", null)]
    [InlineData("", null)]
    public void The_subject_names_the_device(string subject, string? expected) =>
        Assert.Equal(
            expected,
            WebhookFilter.DeviceOf(new CloudEvent("1", "/tenants/t1", "x", subject, DateTimeOffset.UnixEpoch, new JsonObject()))
        );

    private static Webhook Hook() =>
        new()
        {
            Id = "1",
            Url = "https://example.com/",
            Created = DateTimeOffset.UnixEpoch,
            Updated = DateTimeOffset.UnixEpoch,
        };
}
