using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain;
using Serverless.Domain.Binaries;
using Serverless.Domain.Changes;
using Serverless.Domain.DeviceEvents;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.DeviceEvents;

public class EventDirectoryTests
{
    private const string Tenant = TestCloud.Tenant;
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestCloud.Cancellation;

    [Fact]
    public async Task An_event_is_made_changed_and_deleted_and_each_is_told()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var events = EventsOf(cloud);
        var zoned = new DateTimeOffset(2026, 3, 1, 13, 0, 0, TimeSpan.FromHours(1));

        var made = await events.CreateAsync(
            Tenant,
            New("7", "door", "opened", zoned, new JsonObject { ["a"] = 1, ["b"] = 2 }),
            Effects.All,
            Cancellation
        );
        cloud.Time.Advance(TimeSpan.FromSeconds(1));
        var patch = new JsonObject
        {
            ["a"] = null,
            ["c"] = new JsonObject { ["d"] = 1.50m },
        };
        var changed = await events.UpdateAsync(Tenant, made.Id, "closed", patch, Effects.All, Cancellation);
        var same = await events.UpdateAsync(Tenant, made.Id, "closed", [], Effects.All, Cancellation);
        await events.DeleteAsync(Tenant, made.Id, Effects.All, Cancellation);

        Assert.Equal((Noon, TimeSpan.Zero), (made.Time, made.Time.Offset));
        Assert.Equal(("closed", """{"b":2,"c":{"d":1.50}}"""), (changed.Text, changed.Fragments.ToJsonString()));
        Assert.Equal(made.Created + TimeSpan.FromSeconds(1), changed.Updated);
        Assert.Equal(changed.Updated, same.Updated);
        Assert.Null(await events.FindAsync(Tenant, made.Id, Cancellation));
        var told = await cloud.One.Changes.ReadAsync(Tenant, 0, 10, Cancellation);
        Assert.Equal(
            ["events 7 create opened", "events 7 update closed", "events 7 delete "],
            told.Select(change => $"{change.Kind} {change.Source} {change.Action} {change.Body["text"]}")
        );
    }

    [Theory]
    [InlineData(Effects.Store, 1, 0)]
    [InlineData(Effects.Tell, 0, 1)]
    [InlineData(Effects.None, 0, 0)]
    public async Task Effects_say_what_becomes_of_it(Effects effects, int stored, int told)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var events = EventsOf(cloud);

        var made = await events.CreateAsync(Tenant, New("7", "door", "opened", Noon), effects, Cancellation);

        Assert.NotEmpty(made.Id);
        Assert.Equal(stored, await events.CountAsync(Tenant, new EventFilter(), Cancellation));
        Assert.Equal(told, (await cloud.One.Changes.ReadAsync(Tenant, 0, 10, Cancellation)).Count);
    }

    [Fact]
    public async Task Lists_are_by_time_and_ranges_begin_with_their_first_and_end_before_their_last()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var events = EventsOf(cloud);
        foreach (var (source, type, minute) in new[] { ("1", "a", 2), ("2", "b", 0), ("1", "b", 1), ("3", "a", 3) })
        {
            var fragments = new JsonObject { [type] = type, [$"x.{source}"] = new JsonObject() };
            await events.CreateAsync(
                Tenant,
                New(source, type, $"{minute}", Noon.AddMinutes(minute).AddTicks(minute), fragments),
                Effects.All,
                Cancellation
            );
            cloud.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal("3 2 1 0", await TextsAsync(events, new EventFilter()));
        Assert.Equal("0 1 2 3", await TextsAsync(events, new EventFilter(), oldestFirst: true));
        Assert.Equal("2 1", await TextsAsync(events, new EventFilter { Sources = ["1"] }));
        Assert.Equal("3 2 1", await TextsAsync(events, new EventFilter { Sources = ["1", "3"] }));
        Assert.Equal("", await TextsAsync(events, new EventFilter { Sources = [] }));
        Assert.Equal("1 0", await TextsAsync(events, new EventFilter { Type = "b" }));
        Assert.Equal("3", await TextsAsync(events, new EventFilter { Fragment = "x.3" }));
        Assert.Equal("3 2", await TextsAsync(events, new EventFilter { Fragment = "a", FragmentValue = "a" }));
        Assert.Equal("", await TextsAsync(events, new EventFilter { Fragment = "a", FragmentValue = "b" }));
        Assert.Equal("2 1", await TextsAsync(events, new EventFilter { From = Noon.AddMinutes(1), To = Noon.AddMinutes(3) }));
        var start = (await events.ListAsync(Tenant, new EventFilter(), false, 9, null, Cancellation)).Items.Min(item => item.Value.Created);
        var second = start.AddMinutes(1).ToOffset(TimeSpan.FromHours(-3));
        Assert.Equal("3 1 0", await TextsAsync(events, new EventFilter { CreatedFrom = second }));
        Assert.Equal("2", await TextsAsync(events, new EventFilter { CreatedTo = second }));
        Assert.Equal("0", await TextsAsync(events, new EventFilter { UpdatedFrom = second, UpdatedTo = second.AddMinutes(1) }));
    }

    [Fact]
    public async Task Many_are_deleted_by_filter_with_their_files()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var events = EventsOf(cloud);
        for (var i = 0; i < 60; i++)
        {
            var made = await events.CreateAsync(Tenant, New($"{i % 2}", "a", "t", Noon.AddSeconds(i)), Effects.All, Cancellation);
            await AttachAsync(events, made, $"file {i}");
        }

        Assert.Equal(30, await events.DeleteManyAsync(Tenant, new EventFilter { Sources = ["1"] }, Effects.All, Cancellation));

        Assert.Equal(30, await events.CountAsync(Tenant, new EventFilter(), Cancellation));
        Assert.Equal(30, await cloud.Store.CountAsync(new DocumentQuery(Tenant, Kinds.Binary), Cancellation));
    }

    [Fact]
    public async Task A_file_comes_and_goes_with_its_event()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var events = EventsOf(cloud);
        var made = await events.CreateAsync(Tenant, New("1", "a", "t", Noon), Effects.All, Cancellation);

        var attached = await AttachAsync(events, made, "one");
        var refused = await Assert.ThrowsAsync<DomainException>(() => AttachAsync(events, made, "two"));
        var replaced = await AttachAsync(events, made, "three", replaces: true);

        Assert.Equal(new EventAttachment("f", "text/plain", 3), attached.Attachment);
        Assert.Equal(Refusal.Exists, refused.Refusal);
        Assert.Equal(5, replaced.Attachment!.Length);
        Assert.Equal(1, await events.CountAsync(Tenant, new EventFilter { HasAttachment = true }, Cancellation));
        Assert.True(await events.DetachAsync(Tenant, made.Id, Cancellation));
        Assert.False(await events.DetachAsync(Tenant, made.Id, Cancellation));
        Assert.Equal(1, await events.CountAsync(Tenant, new EventFilter { HasAttachment = false }, Cancellation));
        await Assert.ThrowsAsync<DomainException>(() => AttachAsync(events, made with { Id = "0" }, "x"));
    }

    [Fact]
    public async Task Events_go_with_their_device()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var events = EventsOf(cloud);
        var (one, other) = (await cloud.AddDeviceAsync("a"), await cloud.AddDeviceAsync("b"));
        foreach (var device in new[] { one, other })
        {
            await AttachAsync(
                events,
                await events.CreateAsync(Tenant, New(device.Id, "a", device.Id, Noon), Effects.All, Cancellation),
                "x"
            );
        }

        var service = new DeviceService(
            cloud.One.Devices,
            new Links(cloud.Store, cloud.One.Devices),
            new DeviceIds(cloud.Time),
            cloud.Gateway,
            cloud.Series,
            cloud.One.Outbox,
            cloud.Time,
            [new DeviceEventData(events)]
        );
        await service.DeleteAsync(Tenant, one.Id, null, Cancellation);

        Assert.Equal(other.Id, await TextsAsync(events, new EventFilter()));
        Assert.Equal(1, await cloud.Store.CountAsync(new DocumentQuery(Tenant, Kinds.Binary), Cancellation));
    }

    private static EventDirectory EventsOf(TestCloud cloud) =>
        new(cloud.Store, cloud.One.Changes, new BinaryStore(cloud.Store, cloud.Time), new DeviceIds(cloud.Time), cloud.Time);

    private static NewEvent New(string source, string type, string text, DateTimeOffset time, JsonObject? fragments = null) =>
        new(source, type, text, time, fragments);

    private static async Task<DeviceEvent> AttachAsync(EventDirectory events, DeviceEvent to, string text, bool replaces = false)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await events.AttachAsync(Tenant, to.Id, content, () => Task.FromResult(("f", "text/plain")), replaces, Cancellation);
    }

    private static async Task<string> TextsAsync(EventDirectory events, EventFilter filter, bool oldestFirst = false)
    {
        var (texts, cursor) = (new List<string>(), (string?)null);
        do
        {
            var (items, next) = await events.ListAsync(Tenant, filter, oldestFirst, 2, cursor, Cancellation);
            texts.AddRange(items.Select(item => item.Value.Text));
            cursor = next;
        } while (cursor is not null);
        Assert.Equal(texts.Count, await events.CountAsync(Tenant, filter, Cancellation));
        return string.Join(' ', texts);
    }
}
