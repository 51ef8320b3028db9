using Serverless.Domain.Rules;
using Serverless.Local.Tests.Domain.Telemetry;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Rules;

/// <summary>Histories of values that are late, doubled and out of order, at instances that come and go, against an evaluator that looks at everything anew.</summary>
public sealed class SilencePropertyTests
{
    private const string Tenant = TestCloud.Tenant;

    // An instance may learn late of what another has stored: the clock moves in steps that are longer.
    private const int Step = 3;
    private const int Silence = 5 * Step;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Instances_tell_silence_as_the_slow_and_obvious_evaluator_does(int seed)
    {
        var random = new Random(seed);
        await using var cloud = await TestCloud.OpenAsync();
        string[] names = ["a", "b", "c"];
        var devices = new List<Obvious>();
        foreach (var name in names)
        {
            devices.Add(new Obvious((await cloud.AddDeviceAsync(name)).Id));
        }

        await cloud.One.Rules.CreateAsync(
            Tenant,
            new RuleChange
            {
                Name = "quiet",
                Measurement = "temp",
                SilenceSeconds = Silence,
            },
            Cancellation
        );
        CloudInstance[] instances = [await StartAsync(cloud), await StartAsync(cloud)];
        var (now, sent) = (0, new List<(int Device, int Time)>());
        for (var i = 0; i < 80; i++)
        {
            var at = random.Next(instances.Length);
            switch (random.Next(8))
            {
                case < 3:
                    now += Step;
                    cloud.Time.Advance(TimeSpan.FromSeconds(Step));
                    break;
                case < 5:
                    await instances[at].Silences.RunAsync(Cancellation);
                    devices.ForEach(device => device.Look(now));
                    break;
                case 5:
                    instances[at] = await StartAsync(cloud);
                    devices.ForEach(device => device.Look(now));
                    break;
                default:
                    // One that has been sent before, or one of now or earlier.
                    var (device, time) =
                        sent.Count > 0 && random.Next(4) == 0
                            ? sent[random.Next(sent.Count)]
                            : (random.Next(names.Length), now - Math.Max(0, random.Next(-20, 24)));
                    sent.Add((device, time));
                    await instances[at].Pipeline.IngestAsync([cloud.Message(names[device], """{"temp":1}""", time - now)], Cancellation);
                    devices[device].Take(time, now);
                    break;
            }
        }

        devices.ForEach(device => Assert.Equal(device.Told, cloud.Words(device.Id)));
    }

    private static async Task<CloudInstance> StartAsync(TestCloud cloud)
    {
        var instance = cloud.Instance();
        await instance.Silences.RunAllAsync(Cancellation);
        return instance;
    }

    private sealed class Obvious(string id)
    {
        private readonly List<int> times = [0];
        private readonly List<string> told = [];

        public string Id => id;

        public string Told => string.Join(' ', told);

        private bool IsActive => told.Count % 2 == 1;

        public void Take(int time, int now)
        {
            times.Add(time);
            if (IsActive && now - times.Max() < Silence)
            {
                told.Add("cleared");
            }
        }

        public void Look(int now)
        {
            if (!IsActive && now - times.Max() >= Silence)
            {
                told.Add("crossed");
            }
        }
    }
}
