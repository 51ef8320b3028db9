using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Webhooks;
using Serverless.Tests.Support;
using static Serverless.Tests.Support.WebhookSetup;

namespace Serverless.Local.Tests.Domain.Webhooks;

/// <summary>Which webhooks an event goes to, and that it goes there once.</summary>
public sealed class WebhookFanOutTests
{
    [Fact]
    public async Task An_event_that_comes_again_makes_no_second_delivery_but_is_queued_while_it_is_pending()
    {
        await using var setup = await OpenAsync();
        var webhook = await setup.AddAsync();

        var delivery = await setup.FanOutAsync(webhook);
        await setup.FanOut.HandleAsync(Event("1"), Cancellation);
        Assert.Equal([delivery, delivery], setup.Queue.Queued.Select(queued => queued.Delivery));

        await setup.Sender.SendAsync(delivery, Cancellation);
        await setup.FanOut.HandleAsync(Event("1"), Cancellation);
        Assert.Equal(2, setup.Queue.Queued.Count);
        var (page, _) = await setup.Deliveries.ListAsync(TestCloud.Tenant, webhook.Id, null, 10, null, Cancellation);
        Assert.Single(page);
    }

    [Fact]
    public async Task The_same_event_at_the_same_time_is_one_delivery_to_each()
    {
        await using var setup = await OpenAsync();
        var one = await setup.AddAsync();
        var other = await setup.AddAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => setup.FanOut.HandleAsync(Event("1"), Cancellation))));

        Assert.Equal(2, setup.Queue.Queued.Select(queued => queued.Delivery).Distinct().Count());
        foreach (var webhook in new[] { one, other })
        {
            var (page, _) = await setup.Deliveries.ListAsync(TestCloud.Tenant, webhook.Id, null, 10, null, Cancellation);
            Assert.Single(page);
        }
    }

    [Fact]
    public async Task A_group_is_the_one_that_the_event_names_else_the_one_that_the_device_is_in()
    {
        await using var setup = await OpenAsync();
        var device = await setup.Cloud.AddDeviceAsync("hub-1", new NewDevice { Group = "line-1" });
        var webhook = await setup.AddAsync(new NewWebhook { Url = "https://example.com/", Groups = ["line-1"] });

        await setup.FanOut.HandleAsync(Event("1", subject: $"devices/{device.Id}"), Cancellation);
        await setup.FanOut.HandleAsync(Event("2", subject: "devices/other"), Cancellation);
        var deleted = Event("3", subject: "devices/deleted");
        deleted.Data["group"] = "line-1";
        await setup.FanOut.HandleAsync(deleted, Cancellation);

        var (page, _) = await setup.Deliveries.ListAsync(TestCloud.Tenant, webhook.Id, null, 10, null, Cancellation);
        Assert.Equal(["1", "3"], page.Select(delivery => delivery.Value.EventId).Order());
    }

    [Fact]
    public async Task Another_tenants_events_and_those_of_no_tenant_are_not_for_it()
    {
        await using var setup = await OpenAsync();
        await setup.AddAsync();

        await setup.FanOut.HandleAsync(Event("1") with { Source = "/tenants/t2" }, Cancellation);
        await setup.FanOut.HandleAsync(Event("1") with { Source = "elsewhere" }, Cancellation);

        Assert.Empty(setup.Queue.Queued);
    }

    [Fact]
    public async Task What_a_webhooks_form_has_no_body_for_is_not_for_it()
    {
        await using var setup = new WebhookSetup(
            await TestCloud.OpenAsync(),
            new WebhookOptions(),
            new FormOf("serverless.device.created")
        );
        var webhook = await setup.AddAsync(new NewWebhook { Url = "https://example.com/", Form = FormOf.FormName });

        await setup.FanOut.HandleAsync(Event("1", "serverless.device.deleted"), Cancellation);
        await setup.FanOut.HandleAsync(Event("2"), Cancellation);

        var (page, _) = await setup.Deliveries.ListAsync(TestCloud.Tenant, webhook.Id, null, 10, null, Cancellation);
        Assert.Equal("2", Assert.Single(page).Value.EventId);
    }

    [Fact]
    public async Task What_a_queue_has_lost_is_found_again()
    {
        await using var setup = await OpenAsync();
        var delivery = await setup.FanOutAsync(await setup.AddAsync());
        var nudges = new DeliveryNudges(setup.Cloud.One.Tenants, setup.Deliveries, setup.Queue, setup.Time);

        await nudges.RunAsync(Cancellation);
        Assert.Single(setup.Queue.Queued);
        setup.Time.Advance(TimeSpan.FromMinutes(5));
        await nudges.RunAsync(Cancellation);
        Assert.Equal(delivery, setup.Queue.Queued[^1].Delivery);
        Assert.Equal(2, setup.Queue.Queued.Count);

        await setup.Sender.SendAsync(delivery, Cancellation);
        await nudges.ResumeAsync(Cancellation);
        Assert.Equal(2, setup.Queue.Queued.Count);
    }

    [Fact]
    public async Task A_store_that_is_away_leaves_nothing_half_done()
    {
        await using var setup = await OpenAsync();
        var webhook = await setup.AddAsync();
        setup.Cloud.Store.BeforeCommit = (_, _) => throw new StoreUnavailableException("For the test.");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => setup.FanOut.HandleAsync(Event("1"), Cancellation));
        Assert.Empty(setup.Queue.Queued);

        setup.Cloud.Store.BeforeCommit = (_, _) => Task.CompletedTask;
        await setup.FanOutAsync(webhook);
        Assert.Single(setup.Queue.Queued);
    }

    /// <summary>A form for events of one type.</summary>
    private sealed class FormOf(string type) : IWebhookForm
    {
        public const string FormName = "one";

        public string Name => FormName;

        public string ContentType => "text/plain";

        public byte[]? Write(CloudEvent cloudEvent) => cloudEvent.Type == type ? [1] : null;
    }
}
