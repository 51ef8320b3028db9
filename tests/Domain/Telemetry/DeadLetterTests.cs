using Serverless.Domain.Telemetry;

namespace Serverless.Domain.Tests.Telemetry;

public sealed class DeadLetterTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly DeviceMessage Message = new(
        "device-1",
        "x"u8.ToArray(),
        Time,
        MessageSource.Telemetry,
        DeviceMessage.NoProperties,
        DeviceMessage.NoProperties
    );

    [Fact]
    public void The_same_message_is_the_same_dead_letter_whatever_the_reason_and_the_offset_of_its_time() =>
        Assert.Equal(
            DeadLetters.Of(Message, "one reason").Id,
            DeadLetters.Of(Message with { EnqueuedTime = Time.ToOffset(TimeSpan.FromHours(2)) }, "another").Id
        );

    [Fact]
    public void Another_sender_time_source_or_body_is_another_dead_letter()
    {
        DeviceMessage[] messages =
        [
            Message,
            Message with
            {
                HubId = "device-2",
            },
            Message with
            {
                EnqueuedTime = Time.AddTicks(1),
            },
            Message with
            {
                Source = MessageSource.TwinChange,
            },
            Message with
            {
                Body = "y"u8.ToArray(),
            },
        ];

        Assert.Equal(messages.Length, messages.Select(message => DeadLetters.Of(message, "").Id).Distinct().Count());
    }
}
