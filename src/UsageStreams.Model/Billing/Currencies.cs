namespace UsageStreams.Model;

/// <summary>The currencies of ISO 4217 that money is paid in, with the digits of their minor unit.</summary>
/// <remarks>Of list one as published by the maintenance agency (SIX); funds, metals and test codes are left out.</remarks>
public static class Currencies
{
    private const string WithoutMinorUnit = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
    private const string OfThreeDigits = "BHD IQD JOD KWD LYD OMR TND";
    private const string OfTwoDigits =
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP "
        + "ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA "
        + "MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE "
        + "SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";

    private static readonly Dictionary<string, int> Digits = Of(WithoutMinorUnit, 0).Concat(Of(OfTwoDigits, 2)).Concat(Of(OfThreeDigits, 3)).ToDictionary(StringComparer.Ordinal);

    /// <summary>Digits after the decimal point of an amount, or null when there is no such currency.</summary>
    /// <param name="code">Three capital letters, such as EUR.</param>
    public static int? DigitsOf(string code) => Digits.TryGetValue(code, out var digits) ? digits : null;

    private static IEnumerable<KeyValuePair<string, int>> Of(string codes, int digits) => codes.Split(' ').Select(code => KeyValuePair.Create(code, digits));
}
