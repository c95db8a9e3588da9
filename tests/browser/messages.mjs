// What hospitals send about a made-up person: an emergency attendance, a scan, blood results.

/// A number of the range that is never given to anybody, with its check digit.
export function nhsNumber(stem) {
  for (let n = stem; ; n += 1) {
    const nine = `999${String(n).padStart(6, "0")}`;
    const sum = [...nine].reduce((sum, digit, at) => sum + Number(digit) * (10 - at), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check < 10) return nine + check;
  }
}

const COLUMNS = [
  "NHS_Number", "Local_Patient_Identifier", "Family_Name", "Given_Name", "Date_Of_Birth", "Sex", "Postcode", "GP_Practice_Code",
  "Provider_Site_Code", "EC_Attendance_Number", "Arrival_Date", "Arrival_Time", "EC_Injury_Date", "EC_Chief_Complaint_Text",
  "Date_Of_Death", "Der_EC_Diagnosis_All", "EC_Injury_Mechanism_SNOMED_CT", "Deleted", "Der_Dupe_Flag",
];

/// 111640008 is a closed fracture of the radius.
export function attendance(person, on) {
  const row = [
    person.number, person.local, person.family, person.given, person.born, "2", "SS1 1AA", person.practice,
    "RAJ01", `A${person.local}`, on, "14:05", on, "Tripped on a kerb, injured wrist",
    "", "111640008", "", "0", "0",
  ];
  return `${COLUMNS.join(",")}\r\n${row.map((cell) => (/[",]/.test(cell) ? `"${cell}"` : cell)).join(",")}\r\n`;
}

const compact = (day) => day.replaceAll("-", "");

function message(person, on, control, rest) {
  return [
    `MSH|^~\\&|LAB|RAJ01|||${compact(on)}101500||ORU^R01|${control}|P|2.4`,
    `PID|1||${person.number}^^^NHS^NH||${person.family}^${person.given}||${compact(person.born)}|F|||1 EXAMPLE ROW^^SOUTHEND-ON-SEA^^SS1 1AA||01632960177`,
    ...rest,
  ].join("\r") + "\r";
}

export function results(person, on) {
  const obr = (number, what, section) => `OBR|1|P${number}|${number}|${what}|||${compact(on)}091500${"|".repeat(17)}${section}|F`;
  return message(person, on, `D${person.local}`, [
    obr(`DX${person.local}`, "DEXA^DXA lumbar spine and hip", "RAD"),
    "OBX|1|ST|&GDT|1|Lumbar spine (L1-L4) T-score -2.8.||||||F",
    "OBX|2|ST|&GDT|1|Left femoral neck T-score -2.6.||||||F",
  ]) + message(person, on, `B${person.local}`, [
    obr(`LB${person.local}`, "BON^BONE PROFILE^WinPath", "CH"),
    "OBX|1|NM|ADCA^Adjusted calcium^WinPath||2.31|mmol/L|2.20 - 2.60||||F",
    "OBX|2|NM|VITD^Vitamin D^WinPath||62|nmol/L|50 - 150||||F",
    "OBX|3|NM|CREA^Creatinine^WinPath||71|umol/L|45 - 84||||F",
    "OBX|4|NM|EGFR^eGFR^WinPath||74|mL/min/1.73m\\S\\2|||||F",
  ]);
}
