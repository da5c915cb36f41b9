import { admissionFaults } from './faults/admission.ts';
import { describeFaults } from './faults/describe-faults.ts';
import { quotaFaults } from './faults/quota.ts';

describeFaults('what the API server does not let controllers create', [...quotaFaults, ...admissionFaults]);
