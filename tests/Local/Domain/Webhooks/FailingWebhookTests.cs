using System.Net;
using Serverless.Domain.Audit;
using Serverless.Domain.Events;
using Serverless.Domain.Webhooks;
using Serverless.Tests.Support;
using static Serverless.Tests.Support.WebhookSetup;

namespace Serverless.Local.Tests.Domain.Webhooks;

/// <summary>A webhook whose every attempt has failed for days is disabled, and that is told.</summary>
public sealed class FailingWebhookTests
{
    private const string Tenant = TestCloud.Tenant;

    private int sent;

    [Fact]
    public async Task Days_of_failures_disable_it_and_an_event_and_an_audit_record_tell()
    {
        await using var setup = await OpenAsync();
        var webhook = await setup.AddAsync();
        var since = setup.Time.GetUtcNow();
        setup.Plan(HttpStatusCode.InternalServerError);
        for (var day = 0; day < 5; day++)
        {
            await TryAsync(setup, webhook);
            Assert.Equal((WebhookState.Enabled, since), await StateAsync(setup, webhook));
            setup.Time.Advance(TimeSpan.FromDays(1));
        }

        await TryAsync(setup, webhook);

        Assert.Equal((WebhookState.Disabled, since), await StateAsync(setup, webhook));
        var told = Assert.Single(setup.Cloud.Events.Events, one => one.Type == "serverless.webhook.disabled");
        Assert.Equal($"webhooks/{webhook.Id}", told.Subject);
        Assert.Equal("Every attempt since 2026-03-01T12:00:00Z has failed.", (string)told.Data["reason"]!);
        Assert.DoesNotContain("example.com", CloudEventJson.Write(told).ToJsonString(), StringComparison.Ordinal);
        var (records, _) = await setup.Cloud.One.Audit.ListAsync(Tenant, new AuditFilter(), true, 10, null, Cancellation);
        Assert.Equal(("Webhook disabled", webhook.Id), (records[0].Value.Activity, records[0].Value.Source));
    }

    [Fact]
    public async Task A_success_in_between_begins_the_days_anew()
    {
        await using var setup = await OpenAsync();
        var webhook = await setup.AddAsync();
        for (var day = 0; day < 30; day++)
        {
            setup.Plan(day % 4 == 3 ? HttpStatusCode.OK : HttpStatusCode.BadGateway);
            await TryAsync(setup, webhook);
            setup.Time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(WebhookState.Enabled, (await StateAsync(setup, webhook)).State);
        setup.Plan(HttpStatusCode.OK);
        await TryAsync(setup, webhook);
        Assert.Null((await StateAsync(setup, webhook)).Since);
    }

    [Theory]
    [InlineData(null, WebhookState.Enabled)]
    [InlineData(1.0, WebhookState.Disabled)]
    [InlineData(40.0, WebhookState.Enabled)]
    public async Task How_many_days_is_a_setting(double? days, WebhookState state)
    {
        var options = new WebhookOptions { Jitter = 0, DisableAfter = days is { } some ? TimeSpan.FromDays(some) : null };
        await using var setup = await OpenAsync(options);
        var webhook = await setup.AddAsync();
        setup.Plan(HttpStatusCode.InternalServerError);

        await TryAsync(setup, webhook);
        setup.Time.Advance(TimeSpan.FromDays(30));
        await TryAsync(setup, webhook);

        Assert.Equal(state, (await StateAsync(setup, webhook)).State);
    }

    [Fact]
    public async Task Enabling_it_again_begins_the_days_anew()
    {
        await using var setup = await OpenAsync();
        var webhook = await setup.AddAsync();
        setup.Plan(HttpStatusCode.InternalServerError);
        await TryAsync(setup, webhook);
        setup.Time.Advance(TimeSpan.FromDays(6));
        await TryAsync(setup, webhook);
        Assert.Equal(WebhookState.Disabled, (await StateAsync(setup, webhook)).State);

        await setup.Webhooks.EnableAsync(Tenant, webhook.Id, null, null, Cancellation);
        setup.Time.Advance(TimeSpan.FromDays(6));
        await TryAsync(setup, webhook);

        Assert.Equal((WebhookState.Enabled, setup.Time.GetUtcNow()), await StateAsync(setup, webhook));
    }

    [Fact]
    public async Task Gone_is_told_likewise()
    {
        await using var setup = await OpenAsync();
        var webhook = await setup.AddAsync();
        setup.Plan(HttpStatusCode.Gone);

        await TryAsync(setup, webhook);

        var told = Assert.Single(setup.Cloud.Events.Events, one => one.Type == "serverless.webhook.disabled");
        Assert.Equal("The endpoint answered 410: it is gone.", (string)told.Data["reason"]!);
    }

    [Fact]
    public async Task While_it_fails_or_succeeds_as_before_its_document_is_not_written()
    {
        await using var setup = await OpenAsync();
        var webhook = await setup.AddAsync();
        setup.Plan(HttpStatusCode.InternalServerError);
        await TryAsync(setup, webhook);
        var tag = (await setup.Webhooks.GetAsync(Tenant, webhook.Id, Cancellation)).ETag;

        setup.Time.Advance(TimeSpan.FromHours(1));
        await TryAsync(setup, webhook);

        Assert.Equal(tag, (await setup.Webhooks.GetAsync(Tenant, webhook.Id, Cancellation)).ETag);
    }

    /// <summary>One attempt of a new delivery.</summary>
    private async Task TryAsync(WebhookSetup setup, Webhook webhook)
    {
        var before = setup.Requests.Count;
        await setup.NewSender().SendAsync(await setup.FanOutAsync(webhook, $"event {++sent}"), Cancellation);
        Assert.Equal(before + 1, setup.Requests.Count);
    }

    private static async Task<(WebhookState State, DateTimeOffset? Since)> StateAsync(WebhookSetup setup, Webhook webhook)
    {
        var now = (await setup.Webhooks.GetAsync(Tenant, webhook.Id, Cancellation)).Value;
        return (now.State, now.FailingSince);
    }
}
