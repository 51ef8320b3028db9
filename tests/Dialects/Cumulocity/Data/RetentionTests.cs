using System.Text.Json.Nodes;
using Serverless.Domain.Commands;
using Serverless.Domain.DataRetention;
using Serverless.Domain.Documents;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Data;

public sealed class RetentionTests
{
    private const string Path = "/retention/retentions";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rules_are_made_listed_changed_and_deleted()
    {
        await using var server = await DataServer.StartAsync();

        var made = await server.SendAsync("POST", Path, """{"dataType":"EVENT","maximumAge":20,"type":"t","editable":false}""");
        var id = (string)made.Json["id"]!;
        var changed = await server.SendAsync("PUT", $"{Path}/{id}", """{"dataType":"*","maximumAge":21,"type":null}""");
        var listed = await server.GetAsync($"{Path}?withTotalPages=true");
        var deleted = await server.SendAsync("DELETE", $"{Path}/{id}");
        var gone = await server.GetAsync($"{Path}/{id}");

        Assert.Equal(
            $$$"""{"id":"{{{id}}}","self":"{{{server.Url}}}retention/retentions/{{{id}}}","dataType":"EVENT","fragmentType":"*","type":"t","source":"*","maximumAge":20,"editable":true}""",
            made.Text
        );
        Assert.Equal((201, $"{server.Url}retention/retentions/{id}"), (made.Status, made.Location));
        Assert.Equal(("*", "*", 21), ((string)changed.Json["dataType"]!, (string)changed.Json["type"]!, (int)changed.Json["maximumAge"]!));
        Assert.True(JsonNode.DeepEquals(changed.Json, Assert.Single(listed.Json["retentionRules"]!.AsArray())));
        Assert.Equal((204, 404, "Retention rule not found"), (deleted.Status, gone.Status, gone.Message));
    }

    [Theory]
    [InlineData("{}", "Following mandatory fields should be included: maximumAge")]
    [InlineData("""{"maximumAge":0}""", "maximumAge is a number of days from 1 to 36500.")]
    [InlineData("""{"maximumAge":1.5}""", "maximumAge is a number of days from 1 to 36500.")]
    [InlineData("""{"maximumAge":"20"}""", "maximumAge is a number of days from 1 to 36500.")]
    [InlineData(
        """{"maximumAge":1,"dataType":"ALARMS"}""",
        "dataType is one of ALARM, AUDIT, BULK_OPERATION, EVENT, MEASUREMENT, OPERATION and *."
    )]
    [InlineData("""{"maximumAge":1,"source":7}""", "source is a string of 1 to 256 characters, * for any.")]
    public async Task A_wrong_rule_is_refused(string body, string message)
    {
        await using var server = await DataServer.StartAsync();

        var answer = await server.SendAsync("POST", Path, body);

        Assert.Equal((422, message), (answer.Status, answer.Message));
    }

    [Fact]
    public async Task Only_admins_make_rules_and_only_the_operator_locks_them()
    {
        await using var server = await DataServer.StartAsync();
        var locked = await server.SendAsync("POST", Path, """{"maximumAge":1,"editable":false}""", DataServer.As("olga"));
        var path = $"{Path}/{locked.Json["id"]}";

        Assert.False((bool)locked.Json["editable"]!);
        Assert.Equal(403, (await server.SendAsync("POST", Path, """{"maximumAge":1}""", DataServer.As("bob"))).Status);
        Assert.Equal(200, (await server.GetAsync(path, DataServer.As("bob"))).Status);
        Assert.Equal(403, (await server.GetAsync(path, DataServer.As("dora"))).Status);
        Assert.Equal(403, (await server.SendAsync("PUT", path, """{"maximumAge":2}""")).Status);
        Assert.Equal(403, (await server.SendAsync("DELETE", path)).Status);
        Assert.Equal(204, (await server.SendAsync("DELETE", path, null, DataServer.As("olga"))).Status);
    }

    [Theory]
    [InlineData("""{"dataType":"MEASUREMENT"}""", "m:d-new m:g-new e:d-old e:d-new e:g-old e:g-new")]
    [InlineData("""{"dataType":"EVENT"}""", "m:d-old m:d-new m:g-old m:g-new e:d-new e:g-new")]
    [InlineData("""{"dataType":"*"}""", "m:d-new m:g-new e:d-new e:g-new")]
    [InlineData("""{"dataType":"*","source":"DEV"}""", "m:d-new m:g-old m:g-new e:d-new e:g-old e:g-new")]
    [InlineData("""{"dataType":"*","type":"g"}""", "m:d-old m:d-new m:g-new e:d-old e:d-new e:g-new")]
    [InlineData("""{"dataType":"*","fragmentType":"f-d"}""", "m:d-new m:g-old m:g-new e:d-new e:g-old e:g-new")]
    [InlineData(
        """{"dataType":"*","fragmentType":"f-d","source":"GROUP"}""",
        "m:d-old m:d-new m:g-old m:g-new e:d-old e:d-new e:g-old e:g-new"
    )]
    [InlineData("""{"dataType":"ALARM"}""", "m:d-old m:d-new m:g-old m:g-new e:d-old e:d-new e:g-old e:g-new")]
    public async Task What_is_too_old_goes_and_nothing_else(string rule, string left)
    {
        await using var server = await DataServer.StartAsync();
        var now = server.Cloud.Time.GetUtcNow();
        foreach (var (name, device) in new[] { ("d", server.Device), ("g", server.Group) })
        {
            foreach (var (age, days) in new[] { ("old", 11), ("new", 9) })
            {
                var time = $"{now.AddDays(-days):yyyy-MM-dd'T'HH:mm:ss}Z";
                await server.MeasureAsync(time, "1", $"f-{name}", $"{name}-{age}", type: name, of: device);
                await server.PostAsync(
                    "/event/events",
                    $$$"""{"source":{"id":"{{{device.Id}}}"},"type":"{{{name}}}","text":"{{{name}}}-{{{age}}}","time":"{{{time}}}","f-{{{name}}}":{}}"""
                );
            }
        }

        var body = JsonNode.Parse(rule.Replace("DEV", server.Device.Id).Replace("GROUP", server.Group.Id))!;
        body["maximumAge"] = 10;
        await server.PostAsync(Path, body.ToJsonString());
        await server.Retention.EnforceAsync(Cancellation);

        Assert.Equal(left.Split(' ').Order(), (await LeftAsync(server)).Order());
    }

    [Fact]
    public async Task A_rule_goes_on_as_time_does_and_a_change_of_it_counts_at_once()
    {
        await using var server = await DataServer.StartAsync();
        var now = server.Cloud.Time.GetUtcNow();
        await server.MeasureAsync($"{now.AddDays(-5):O}", "1", "f", "five");
        await server.MeasureAsync($"{now.AddDays(-2):O}", "1", "f", "two");
        var rule = await server.PostAsync(Path, """{"dataType":"MEASUREMENT","maximumAge":10,"type":"f"}""");

        await server.Retention.EnforceAsync(Cancellation);
        Assert.Equal(["m:five", "m:two"], (await LeftAsync(server)).Order());

        await server.SendAsync("PUT", $"{Path}/{rule["id"]}", """{"maximumAge":4}""");
        await server.Retention.EnforceAsync(Cancellation);
        Assert.Equal(["m:two"], await LeftAsync(server));

        await server.MeasureAsync($"{now.AddDays(-9):O}", "1", "f", "late");
        server.Cloud.Time.Advance(TimeSpan.FromDays(1));
        await server.Retention.EnforceAsync(Cancellation);
        Assert.Equal(["m:two"], await LeftAsync(server));

        server.Cloud.Time.Advance(TimeSpan.FromDays(1.1));
        await server.Retention.EnforceAsync(Cancellation);
        Assert.Empty(await LeftAsync(server));
    }

    [Fact]
    public async Task Operations_that_have_ended_go_and_open_ones_stay()
    {
        await using var server = await DataServer.StartAsync();
        var commands = server.Cloud.One.Commands;
        var ids = new List<string>();
        foreach (var (fragment, ends) in new[] { ("c8y_Restart", true), ("c8y_Restart", false), ("c8y_Command", true) })
        {
            var command = new NewCommand
            {
                Device = server.Device.Id,
                Dialect = "cumulocity",
                Payload = new JsonObject { [fragment] = new JsonObject() },
                Lifetime = TimeSpan.FromDays(30),
            };
            var made = (await commands.CreateAsync(TestCloud.Tenant, command, Cancellation)).Value;
            ids.Add(made.Id);
            if (ends)
            {
                var now = server.Cloud.Time.GetUtcNow();
                await commands.UpdateAsync(TestCloud.Tenant, made.Id, one => one.Step(CommandState.Acknowledged, now, ""), Cancellation);
            }
        }

        await server.PostAsync(Path, """{"dataType":"OPERATION","maximumAge":3,"fragmentType":"c8y_Restart"}""");
        server.Cloud.Time.Advance(TimeSpan.FromDays(4));
        await server.Retention.EnforceAsync(Cancellation);

        var left = new List<bool>();
        foreach (var id in ids)
        {
            left.Add(await commands.FindAsync(TestCloud.Tenant, id, Cancellation) is not null);
        }

        Assert.Equal([false, true, true], left);
    }

    [Theory]
    [InlineData("""{"dataType":"ALARM"}""", "cleared")]
    [InlineData("""{"dataType":"ALARM","type":"other"}""", "")]
    [InlineData("""{"dataType":"ALARM","source":"DEV"}""", "cleared")]
    [InlineData("""{"dataType":"ALARM","fragmentType":"f"}""", "")]
    [InlineData("""{"dataType":"AUDIT"}""", "audit")]
    [InlineData("""{"dataType":"BULK_OPERATION"}""", "done")]
    [InlineData("""{"dataType":"*"}""", "audit cleared done")]
    public async Task Documents_go_by_rule_and_what_is_open_stays(string rule, string gone)
    {
        await using var server = await DataServer.StartAsync();
        var time = server.Cloud.Time.GetUtcNow();
        (string Kind, string Id, string Body)[] documents =
        [
            (Kinds.Alarm, "cleared", """{"type":"t","source":"DEV","status":"Cleared","time":"T"}"""),
            (Kinds.Alarm, "active", """{"type":"t","source":"DEV","status":"Active","time":"T"}"""),
            (Kinds.AuditRecord, "audit", """{"type":"t","source":"DEV","time":"T"}"""),
            (Kinds.BulkOperation, "done", """{"status":"Completed","group":"DEV","created":"T","prototype":{}}"""),
            (Kinds.BulkOperation, "running", """{"status":"InProgress","group":"DEV","created":"T","prototype":{}}"""),
        ];
        foreach (var (kind, id, body) in documents)
        {
            var text = body.Replace("DEV", server.Device.Id).Replace("\"T\"", $"\"{time:yyyy-MM-dd'T'HH:mm:ss}+00:00\"");
            var write = new DocumentWrite(WriteMode.Create, kind, id, System.Text.Encoding.UTF8.GetBytes(text));
            await server.Cloud.Store.CommitAsync(TestCloud.Tenant, [write], Cancellation);
        }

        var asked = JsonNode.Parse(rule.Replace("DEV", server.Device.Id))!;
        asked["maximumAge"] = 3;
        await server.PostAsync(Path, asked.ToJsonString());
        server.Cloud.Time.Advance(TimeSpan.FromDays(2));
        await server.Retention.EnforceAsync(Cancellation);
        Assert.Equal("", await GoneAsync());
        server.Cloud.Time.Advance(TimeSpan.FromDays(2));
        await server.Retention.EnforceAsync(Cancellation);
        Assert.Equal(gone, await GoneAsync());

        async Task<string> GoneAsync()
        {
            var missing = new List<string>();
            foreach (var (kind, id, _) in documents)
            {
                if (await server.Cloud.Store.GetAsync(new DocumentKey(TestCloud.Tenant, kind, id), Cancellation) is null)
                {
                    missing.Add(id);
                }
            }

            return string.Join(' ', missing.Order());
        }
    }

    private static async Task<List<string>> LeftAsync(DataServer server)
    {
        var measurements = (await server.GetAsync("/measurement/measurements?pageSize=100")).Json["measurements"]!.AsArray();
        var events = (await server.GetAsync("/event/events?pageSize=100")).Json["events"]!.AsArray();
        return
        [
            .. measurements.Select(one => $"m:{one!.AsObject().First(member => member.Key.StartsWith('f')).Value!.AsObject().First().Key}"),
            .. events.Select(one => $"e:{one!["text"]}"),
        ];
    }
}
