namespace Serverless.Acceptance.Tests.Doors;

/// <summary>A reading that enters by any door is seen through every door, with its value and time.</summary>
[Collection(Support.OwnCloudTests.Name)]
public sealed class DoorsTests(DoorsCloud cloud) : IClassFixture<DoorsCloud>
{
    private const double Value = 462.46783;

    public static TheoryData<string> Entrances => [.. AllDoors.Entrances.Select(door => door.Name)];

    [Theory]
    [MemberData(nameof(Entrances))]
    public async Task What_enters_by_a_door_is_seen_through_all(string entrance)
    {
        var door = AllDoors.Entrances.Single(door => door.Name == entrance);
        var before = DateTimeOffset.UtcNow;
        var time = DateTimeOffset.FromUnixTimeMilliseconds((before.ToUnixTimeSeconds() * 1000) - 59_750);
        var written = await door.WriteAsync(cloud, Value, time);
        var twin = await cloud.TwinAsync(written.Device);
        var exact = written.Time ?? await ArrivalAsync(twin, written, before);

        var failures = new List<string>();
        foreach (var exit in AllDoors.Exits)
        {
            var seen = await exit.ReadAsync(cloud, twin, written);
            if (seen?.Is(Value, exact) != true)
            {
                failures.Add($"{exit.Name}: {(object?)seen ?? "nothing"}, but written was {written} at {exact}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    /// <summary>When the cloud dated what came without a time: while the test wrote it.</summary>
    private async Task<long> ArrivalAsync(System.Text.Json.Nodes.JsonObject twin, Written written, DateTimeOffset before)
    {
        var seen = await new LineProtocolDoor().ReadAsync(cloud, twin, written);
        Assert.NotNull(seen);
        Assert.InRange(seen.Time, AllDoors.Nanoseconds(before), AllDoors.Nanoseconds(DateTimeOffset.UtcNow));
        return seen.Time;
    }
}
