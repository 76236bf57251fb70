using UsageStreams.Model;

namespace UsageStreams.Oracle.Naive;

/// <summary>Billing periods by the platform's own time zones, for zones whose days all begin at midnight.</summary>
internal static class NaiveCalendar
{
    /// <summary>Start of the period of a contract that an instant lies in, and of the next, Unix ms.</summary>
    public static (long Start, long End) PeriodOf(Contract contract, long time)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(contract.Zone);
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(time), zone);
        var month = new DateTime(local.Year, local.Month, 1);
        if (local.Day < Anchor(contract, month)) month = month.AddMonths(-1);
        return (StartOf(contract, zone, month), StartOf(contract, zone, month.AddMonths(1)));
    }

    /// <summary>When that period is locked: at the start of the day, in the zone, that comes so many days after its end. Unix ms.</summary>
    public static long LockOf(Contract contract, long time)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(contract.Zone);
        var end = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(PeriodOf(contract, time).End), zone);
        return new DateTimeOffset(TimeZoneInfo.ConvertTimeToUtc(end.DateTime.AddDays(contract.LockDays), zone)).ToUnixTimeMilliseconds();
    }

    private static long StartOf(Contract contract, TimeZoneInfo zone, DateTime month)
    {
        var midnight = month.AddDays(Anchor(contract, month) - 1);
        return new DateTimeOffset(TimeZoneInfo.ConvertTimeToUtc(midnight, zone)).ToUnixTimeMilliseconds();
    }

    private static int Anchor(Contract contract, DateTime month) => Math.Min(contract.AnchorDay, DateTime.DaysInMonth(month.Year, month.Month));
}
