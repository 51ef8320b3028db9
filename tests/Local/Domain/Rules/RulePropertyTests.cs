using System.Text.Json.Nodes;
using Serverless.Domain.Documents;
using Serverless.Domain.Rules;
using Serverless.Domain.Series;
using Serverless.Local.Tests.Domain.Telemetry;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Rules;

/// <summary>Histories of values that are late, doubled, out of order and interrupted, at instances that come and go, against an evaluator that looks at everything anew.</summary>
public sealed class RulePropertyTests
{
    private const string Tenant = TestCloud.Tenant;
    private const int Instances = 3;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Instances_tell_crossings_as_the_slow_and_obvious_evaluator_does(int seed)
    {
        var random = new Random(seed);
        await using var cloud = await TestCloud.OpenAsync();
        string[] names = ["a", "b"];
        var rule = new RuleChange
        {
            Name = "hot",
            Measurement = "temp",
            ForSeconds = random.Next(3) * 2,
            Condition = new RuleCondition
            {
                Operator = RuleOperator.Greater,
                Threshold = 20,
                Hysteresis = random.Next(4),
            },
        };
        await cloud.One.Rules.CreateAsync(Tenant, rule, Cancellation);
        var devices = new List<Obvious>();
        foreach (var name in names)
        {
            devices.Add(new Obvious((await cloud.AddDeviceAsync(name)).Id, rule));
        }

        var series = new FailingSeries(cloud.Series, random);
        var instances = Enumerable.Range(0, Instances).Select(_ => cloud.Instance(series)).ToArray();
        var sent = new List<(int Device, int Time, int Value)>();
        for (var now = 0; now < 150; now++)
        {
            var batch = new List<(int Device, int Time, int Value)>();
            for (var i = random.Next(4); i >= 0; i--)
            {
                // One that has been sent before, or one of now or earlier.
                batch.Add(
                    sent.Count > 0 && random.Next(4) == 0
                        ? sent[random.Next(sent.Count)]
                        : (random.Next(names.Length), now - (random.Next(3) == 0 ? random.Next(10) : 0), random.Next(10, 31))
                );
            }

            // Of one time there is one value.
            batch.RemoveAll(one => sent.Any(other => other != one && (other.Device, other.Time) == (one.Device, one.Time)));
            batch = [.. batch.DistinctBy(one => (one.Device, one.Time))];
            sent.AddRange(batch);
            await SendAsync(cloud, instances, series, random, batch.ConvertAll(one => (names[one.Device], one.Time, one.Value)));
            foreach (var (device, time, value) in batch.OrderBy(one => one.Time))
            {
                devices[device].Take(time, value);
            }
        }

        await cloud.Instance().RuleEngine.ResumeAsync(Tenant, Cancellation);
        var pending = Filter.Eq("status", JsonValue.Create(RuleStateDocument.Pending));
        Assert.Equal(0, await cloud.Store.CountAsync(new DocumentQuery(Tenant, Kinds.RuleState, pending), Cancellation));
        devices.ForEach(device => Assert.Equal(device.Told, cloud.Words(device.Id)));
    }

    /// <summary>Sends messages at once until they are taken, to an instance that may be new; one that fails is not asked again.</summary>
    private static async Task SendAsync(
        TestCloud cloud,
        CloudInstance[] instances,
        FailingSeries series,
        Random random,
        List<(string Device, int Time, int Value)> batch
    )
    {
        while (true)
        {
            var at = random.Next(Instances);
            if (random.Next(8) == 0)
            {
                instances[at] = cloud.Instance(series);
            }

            try
            {
                await instances[at]
                    .Pipeline.IngestAsync(
                        [.. batch.Select(one => cloud.Message(one.Device, $$"""{"temp":{{one.Value}}}""", one.Time))],
                        Cancellation
                    );
                return;
            }
            catch (StoreUnavailableException)
            {
                instances[at] = cloud.Instance(series);
            }
        }
    }

    /// <summary>Looks at all values anew for each: those that were newer, when they came, than all before.</summary>
    private sealed class Obvious(string id, RuleChange rule)
    {
        private readonly List<(int Time, int Value)> looked = [];
        private int newest = int.MinValue;

        public string Id => id;

        public string Told
        {
            get
            {
                var told = new List<string>();
                for (var i = 0; i < looked.Count; i++)
                {
                    // It is crossed where some value was above the threshold for long enough, and none after it came back beyond the hysteresis.
                    var back = looked.FindLastIndex(i, one => one.Value <= 20 - rule.Condition!.Hysteresis);
                    var isCrossed = false;
                    for (var end = back + 1; end <= i; end++)
                    {
                        var below = looked.FindLastIndex(end, one => one.Value <= 20);
                        isCrossed |= below < end && looked[end].Time - looked[below + 1].Time >= rule.ForSeconds;
                    }

                    if (isCrossed != (told.Count % 2 == 1))
                    {
                        told.Add(isCrossed ? "crossed" : "cleared");
                    }
                }

                return string.Join(' ', told);
            }
        }

        public void Take(int time, int value)
        {
            if (time > newest)
            {
                looked.Add((time, value));
                newest = time;
            }
        }
    }

    /// <summary>A store that sometimes fails, before or after it has written.</summary>
    private sealed class FailingSeries(ISeriesWriter inner, Random random) : ISeriesWriter
    {
        public Func<CancellationToken, Task> Prepare(string tenant, string database, IReadOnlyList<Point> points)
        {
            var write = inner.Prepare(tenant, database, points);
            return async cancellation =>
            {
                var chance = random.Next(12);
                if (chance > 0)
                {
                    await write(cancellation);
                }

                if (chance < 2)
                {
                    throw new StoreUnavailableException("The store is away.");
                }
            };
        }
    }
}
